//! Tests what rustc says in its own words. The words may change with any release, so only the lines of the
//! errors are checked: those in `tests/rustc/*.rs` that end with `//~`, and no others. About the programs of
//! `tests/pass` it says nothing.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

mod cases;

use cases::{cases, internals, marked_lines};

#[rustfmt::skip]
#[path = "pass/rocket_handlers.rs"]
#[allow(clippy::pedantic, clippy::all, dead_code, reason = "made to be a program of its own")]
mod rocket_handlers;

/// The flags that trybuild compiles with. It names a target too: dependencies are compiled only once for both.
const CONFIG: &str = r#"build.rustflags=["--cfg","trybuild","--verbose","-A","dead_code"]"#;

/// What is reported about a case.
#[derive(Default)]
struct Report {
    /// Where the errors are.
    lines: Vec<usize>,
    /// The errors and warnings.
    rendered: String,
}

#[test]
fn each_marked_line_has_an_error_and_no_other_has() {
    let cases = cases("tests/rustc");
    let mut reports = reports("mistakes", &cases);
    let wrong = |case: &PathBuf| {
        let mut report = reports.remove(name(case)).unwrap_or_default();
        report.lines.sort_unstable();
        let marked = marked_lines(case);
        let internals = internals(&report.rendered);
        (marked != report.lines || !internals.is_empty()).then(|| {
            let Report { lines, rendered } = &report;
            format!(
                "{}: marks {marked:?}, shows {lines:?}, names {internals:?}\n{rendered}",
                case.display()
            )
        })
    };
    let wrong: Vec<_> = cases.iter().filter_map(wrong).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn good_programs_compile_without_a_warning() {
    let reports = reports("good_programs", &cases("tests/pass"));
    let said: Vec<_> = reports.into_values().map(|report| report.rendered).collect();
    assert!(said.is_empty(), "{}", said.join("\n"));
}

/// The only one of them that does something.
#[test]
fn a_good_programs_handlers_are_routes() {
    rocket_handlers::main();
}

/// Compiles all cases, each as a program of a project of their own.
fn reports(project: &str, cases: &[PathBuf]) -> BTreeMap<String, Report> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(project);
    write_project(&folder, cases);
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("tests").join("trybuild");
    let output = Command::new(env!("CARGO"))
        .args(["check", "--offline", "--quiet", "--keep-going", "--message-format=json"])
        .args(["--target", "host-tuple", "--config", CONFIG, "--target-dir"])
        .arg(target)
        .env_remove("RUSTFLAGS")
        .env("CARGO_INCREMENTAL", "0")
        .current_dir(folder)
        .output()
        .expect("cargo runs");
    let messages = String::from_utf8(output.stdout).expect("JSON");
    let messages = messages.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let mut reports = BTreeMap::<String, Report>::new();
    let mut is_compiled = output.status.success();
    for message in messages.filter(|message| message["reason"] == "compiler-message") {
        let target = &message["target"];
        let (case, path) = (target["name"].as_str(), target["src_path"].as_str());
        let report = reports.entry(case.expect("a name").to_owned()).or_default();
        is_compiled |= report.add(&message["message"], path.expect("a path"));
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(is_compiled, "the project can't be compiled: {errors}");
    reports
}

impl Report {
    /// Adds what was said, and returns whether it is an error. The compiler's count of errors at the end
    /// has no place, and isn't one.
    fn add(&mut self, message: &Value, case: &str) -> bool {
        let spans = message["spans"].as_array().expect("an array");
        let Some(span) = spans.iter().find(|span| span["is_primary"] == true) else { return false };
        self.rendered.push_str(message["rendered"].as_str().expect("a text"));
        let is_error = message["level"] == "error";
        if is_error {
            let line = as_written(span, case)["line_start"].as_u64().expect("a line");
            self.lines.push(usize::try_from(line).expect("a short file"));
        }
        is_error
    }
}

/// Returns the place in the case from which macros made what is at this place.
fn as_written<'a>(span: &'a Value, case: &str) -> &'a Value {
    match &span["expansion"]["span"] {
        Value::Null => span,
        outer if span["file_name"] != case => as_written(outer, case),
        _ => span,
    }
}

fn write_project(folder: &Path, cases: &[PathBuf]) {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let workspace = package.parent().expect("the workspace");
    let mut manifest = format!(
        "[package]\nname = \"rustc-cases\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n\
         async-trait = \"*\"\nfutures = \"*\"\nrocket = \"*\"\nserde_json = \"*\"\n\
         sse-runtime = {{ path = '{}', features = [\"json\", \"rocket\"] }}\n\
         tokio = {{ version = \"*\", features = [\"full\"] }}\n\
         tracing = {{ version = \"*\", features = [\"attributes\"] }}\n",
        workspace.join("sse-runtime").display()
    );
    for case in cases {
        let (name, path) = (name(case), package.join(case));
        let path = path.display();
        _ = writeln!(manifest, "[[bin]]\nname = \"{name}\"\npath = '{path}'");
    }
    fs::create_dir_all(folder).expect("a folder");
    fs::write(folder.join("Cargo.toml"), manifest).expect("a file");
    fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock")).expect("the lock file");
}

fn name(case: &Path) -> &str {
    case.file_stem().and_then(|stem| stem.to_str()).expect("a name")
}
