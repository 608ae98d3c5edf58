//! What the READMEs show works when it is copied: each block of Rust compiles in a fresh project that
//! has the dependencies shown above it, and nothing else.

use std::fmt::Write as _;
use std::fs::{copy, create_dir_all, read_to_string, remove_dir_all, write};
use std::path::{Path, PathBuf};
use std::process::Command;

const READMES: [&str; 4] =
    ["README.md", "sse-hub/README.md", "sse-macros/README.md", "sse-runtime/README.md"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the workspace")
}

fn read(path: &str) -> String {
    read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The fenced blocks of a page, each with its language.
fn blocks(page: &str) -> impl Iterator<Item = (&str, &str)> {
    page.split("\n```").skip(1).step_by(2).filter_map(|block| block.split_once('\n'))
}

/// Dependencies as they are shown, and the blocks of Rust below them.
#[derive(Default)]
struct Project {
    dependencies: String,
    sources: Vec<String>,
}

/// Dependencies hold for all blocks below, up to the next that are shown.
fn projects(page: &str) -> Vec<Project> {
    let mut projects = Vec::<Project>::new();
    for (language, block) in blocks(page) {
        let shown = match language {
            "toml" => block.strip_prefix("[dependencies]\n").map(str::to_owned),
            "sh" => added(block),
            _ => None,
        };
        if let Some(dependencies) = shown {
            projects.push(Project { dependencies, sources: Vec::new() });
        } else if language == "rust" {
            let project = projects.last_mut().expect("dependencies are shown first");
            project.sources.push(block.to_owned());
        }
    }
    projects
}

/// What these lines of `cargo add` add, of the versions that this workspace has.
fn added(commands: &str) -> Option<String> {
    let lines = commands.lines().filter_map(|line| line.strip_prefix("cargo add "));
    let dependencies: String = lines.map(dependency).collect();
    (!dependencies.is_empty()).then_some(dependencies)
}

fn dependency(arguments: &str) -> String {
    let mut words = arguments.split(' ');
    let name = words.next().expect("a crate");
    let (mut features, mut default_features) = (Vec::new(), true);
    while let Some(word) = words.next() {
        match word {
            "--features" => features.extend(words.next().expect("features").split(',')),
            "--no-default-features" => default_features = false,
            _ => panic!("{word}?"),
        }
    }
    format!(
        "{name} = {{ version = \"*\", features = {features:?}, default-features = {default_features} }}\n"
    )
}

impl Project {
    /// Writes the project into this folder: each block is a crate of its own.
    fn write(&self, folder: &Path) {
        let mut manifest = format!(
            "[package]\nname = \"fresh\"\nedition = \"2024\"\n[dependencies]\n{}\n\
             [workspace]\n[profile.dev]\ndebug = \"line-tables-only\"\n[patch.crates-io]\n",
            self.dependencies
        );
        for name in ["sse-hub", "sse-macros", "sse-runtime"] {
            _ = writeln!(manifest, "{name} = {{ path = '{}' }}", root().join(name).display());
        }
        for (number, source) in self.sources.iter().enumerate() {
            let path = format!("block_{number}.rs");
            _ = writeln!(
                manifest,
                "[[example]]\nname = \"block_{number}\"\npath = \"{path}\"\ncrate-type = [\"lib\"]"
            );
            // Handlers that are not mounted here are no mistake of the page.
            write(folder.join(path), format!("#![allow(dead_code)]\n{source}")).expect("a file");
        }
        create_dir_all(folder.join("src")).expect("a folder");
        write(folder.join("src/lib.rs"), "").expect("a file");
        write(folder.join("Cargo.toml"), manifest).expect("a file");
        copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).expect("the lock file");
    }

    fn check(&self, folder: &Path) {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target folder");
        let output = Command::new(env!("CARGO"))
            .args(["check", "--offline", "--quiet", "--examples", "--target-dir"])
            .arg(target)
            .env("RUSTFLAGS", "")
            .current_dir(folder)
            .output()
            .expect("cargo runs");
        let messages = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && messages.is_empty(),
            "{}\n{messages}",
            self.dependencies
        );
    }
}

#[test]
fn each_block_compiles_in_a_fresh_project_with_the_dependencies_shown() {
    for readme in READMES {
        for (number, project) in projects(&read(readme)).iter().enumerate() {
            println!("{readme}, project {number}");
            let name = readme.replace(['/', '.'], "-");
            let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{number}"));
            _ = remove_dir_all(&folder);
            create_dir_all(&folder).expect("a folder");
            project.write(&folder);
            project.check(&folder);
        }
    }
}

#[test]
fn the_readmes_of_the_crates_stand_alone() {
    for readme in READMES.iter().filter(|readme| readme.contains('/')) {
        let page = read(readme);
        let links = page.split("](").skip(1).map(|rest| rest.split(')').next().unwrap_or(rest));
        let relative: Vec<_> = links.filter(|link| !link.starts_with("https://")).collect();
        assert!(relative.is_empty(), "{readme} links to {relative:?}");
        assert!(!page.contains("<img"), "{readme}");
    }
}

#[test]
fn every_block_of_rust_is_found() {
    for readme in READMES {
        let page = read(readme);
        let found: usize = projects(&page).iter().map(|project| project.sources.len()).sum();
        assert_eq!(found, page.matches("```rust").count(), "{readme}");
    }
}

#[test]
fn what_the_pages_of_the_guide_link_to_is_in_them() {
    for page in ["clients_table", "messages", "migrating", "performance", "proxies_table"] {
        let page = read(&format!("sse-runtime/src/guide/{page}.md"));
        let links = page.split("](").skip(1).map(|rest| rest.split(')').next().unwrap_or(rest));
        let relative: Vec<_> =
            links.filter(|link| !link.starts_with("https://") && !link.starts_with('#')).collect();
        assert!(relative.is_empty(), "{relative:?}");
    }
}

#[test]
fn what_the_readmes_link_to_exists() {
    for folder in ["", "benches", "docs", "sse-hub/benches", "sse-hub/examples"] {
        let folder = root().join(folder);
        let page = read_to_string(folder.join("README.md")).expect("a page");
        let links = page.split("](").skip(1).map(|rest| rest.split(')').next().unwrap_or(rest));
        for link in links.filter(|link| !link.contains("://")) {
            let file = link.split_once('#').map_or(link, |(file, _)| file);
            assert!(folder.join(file).exists(), "{link} in {}", folder.display());
        }
    }
}
