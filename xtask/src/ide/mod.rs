//! Asks rust-analyzer what it knows inside a block that is being typed, ours beside Rocket's own.
//!
//! Build rust-analyzer from the registry, with a toolchain that is new enough:
//! `cargo +nightly install ra_ap_rust-analyzer --version 0.0.349 --locked`.

mod lsp;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

use crate::root;
use lsp::Analyzer;

const PRELUDE: &str = include_str!("prelude.rs");
const CASES: &str = include_str!("cases.txt");
const IMPORTS: [&str; 2] = ["sse_runtime", "rocket::response::stream"];

struct Case<'a> {
    title: &'a str,
    request: &'a str,
    expected: &'a str,
    block: &'a str,
}

pub(crate) fn ide() -> Result<()> {
    let project = root().join("target/ide");
    let library = make_project(&project).context("target/ide")?;
    let mut analyzer = Analyzer::start(&project)?;
    let cases = cases();
    let mut counts = [0; 2];
    println!("{:<45} {:>8} {:>8}", "", "ours", "Rocket's");
    for case in &cases {
        let mut row = format!("{:<45}", case.title);
        for (import, count) in IMPORTS.iter().zip(&mut counts) {
            let knows = ask(&mut analyzer, &library, import, case)?;
            *count += usize::from(knows);
            row += if knows { "      yes" } else { "       no" };
        }
        println!("{row}");
    }
    println!("{:<45} {:>5}/{} {:>5}/{}", "", counts[0], cases.len(), counts[1], cases.len());
    ensure!(counts[0] == cases.len(), "the analyzer does not know all");
    Ok(())
}

fn cases() -> Vec<Case<'static>> {
    CASES
        .split("\n== ")
        .skip(1)
        .map(|text| {
            let (head, block) = text.split_once('\n').expect("a block follows the title");
            let mut head = head.split(" | ");
            let mut next = || head.next().expect("a title, a request, an answer");
            Case { title: next(), request: next(), expected: next(), block: block.trim_end() }
        })
        .collect()
}

/// Makes a crate that depends on both libraries, so that only an import differs.
fn make_project(project: &Path) -> std::io::Result<PathBuf> {
    let runtime = root().join("sse-runtime").display().to_string();
    let manifest = format!(
        "[package]\nname = \"ide\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [workspace]\n\n[dependencies]\nfutures = \"0.3\"\n\
         rocket = {{ version = \"0.5\", default-features = false }}\n\
         sse-runtime = {{ path = {runtime:?}, features = [\"rocket\"] }}\n"
    );
    fs::create_dir_all(project.join("src"))?;
    fs::write(project.join("Cargo.toml"), manifest)?;
    fs::copy(root().join("Cargo.lock"), project.join("Cargo.lock"))?;
    let library = project.join("src/lib.rs");
    fs::write(&library, PRELUDE.replace("IMPORT", IMPORTS[0]).replace("BLOCK", ""))?;
    Ok(library)
}

fn ask(analyzer: &mut Analyzer, library: &Path, import: &str, case: &Case<'_>) -> Result<bool> {
    let block = case.block.replace('\n', "\n        ");
    let marked = PRELUDE.replace("IMPORT", import).replace("BLOCK", &block);
    let cursor = marked.find("$0").context("a case has a cursor")?;
    let text = marked.replace("$0", "");
    let line = text[..cursor].matches('\n').count();
    let column = cursor - text[..cursor].rfind('\n').map_or(0, |at| at + 1);
    analyzer.open(library, &text)?;
    let answer = analyzer.ask(case.request, library, line, column)?;
    Ok(match case.request {
        "completion" => lsp::labels(&answer).iter().any(|label| is_name(label, case.expected)),
        "definition" => lsp::target_line(&answer).is_some_and(|line| {
            text.lines().nth(line).is_some_and(|line| line.contains(case.expected))
        }),
        _ => answer.to_string().contains(case.expected),
    })
}

/// Returns whether the label is that of `name`. Labels of methods go on with their parentheses.
fn is_name(label: &str, name: &str) -> bool {
    label.split(|it: char| !it.is_alphanumeric() && it != '_').next() == Some(name)
}
