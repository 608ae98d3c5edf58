//! What the compiler says to users: nothing to `tests/pass`, and to each of `tests/fail` what
//! its `.stderr` holds.
//!
//! `TRYBUILD=overwrite cargo test -p ui-tests` writes those anew: read them as a user would.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use trybuild::TestCases;

/// What a user has never heard of.
const INSIDE: [&str; 5] = [
    "__private",
    ".cargo/registry",
    "coroutine",
    "unreachable label",
    "yield syntax is experimental",
];

/// The only source files that a message may show: they define what users know by name. All others
/// are inside, whatever they are called.
const SHOWN: [&str; 7] = [
    "sse-runtime/src/adapters/rocket.rs",
    "sse-runtime/src/event/into_text.rs",
    "sse-runtime/src/event/json.rs",
    "sse-runtime/src/event/mod.rs",
    "sse-runtime/src/event_stream/conversions.rs",
    "sse-runtime/src/event_stream/mod.rs",
    "sse-runtime/src/reader/received.rs",
];

/// Where a macro of the user's carries a `yield` off into a scope of its own, the compiler
/// alone can notice, and says so in these words.
const CARRIED_OFF: (&str, &str) = ("tests/fail/yield_in_macro_that_makes_", "unreachable label");

#[test]
fn good_programs_compile_without_a_warning() {
    TestCases::new().pass("tests/pass/*.rs");
}

/// A list that rustfmt and rust-analyzer follow, so it is written by hand. `lints` sets lints that
/// are allowed only in the root of a crate.
#[test]
fn all_good_programs_are_among_the_fast_tests() {
    let list = fs::read_to_string("../tests/fast/tests/fast.rs").expect("the fast tests are there");
    let is_missing = |name: &String| name != "lints" && !list.contains(&format!("mod {name};\n"));
    let names = cases("tests/pass")
        .into_iter()
        .filter_map(|case| case.file_stem()?.to_str().map(str::to_owned));
    let missing: Vec<_> = names.filter(is_missing).collect();
    assert!(missing.is_empty(), "add to tests/fast/tests/fast.rs: {missing:?}");
}

#[test]
fn mistakes_are_explained() {
    TestCases::new().compile_fail("tests/fail/*.rs");
}

#[test]
fn no_message_names_the_inside() {
    let offenders = offenders(|case, message| {
        let carried_off = case.to_string_lossy().starts_with(CARRIED_OFF.0);
        let named = INSIDE.iter().filter(|inside| message.contains(**inside));
        let named = named.filter(|&&it| !(carried_off && it == CARRIED_OFF.1)).copied();
        let files = sources(message).filter(|file| !SHOWN.contains(file));
        let named: Vec<_> = named.chain(files).collect();
        (!named.is_empty()).then(|| format!("names {named:?}"))
    });
    assert!(offenders.is_empty(), "{offenders:#?}");
}

/// The source files of this workspace that a message shows.
fn sources(message: &str) -> impl Iterator<Item = &str> {
    let files = message.split("$WORKSPACE/").skip(1);
    files.map(|rest| rest.split([':', '\n']).next().expect("a split has a first part"))
}

/// A mistake ends with `//~` on the line that the user must change.
#[test]
fn the_first_error_points_into_the_marked_line() {
    let offenders = offenders(|case, message| {
        let marked = marked_lines(case);
        let shown = first_error_line(message, case);
        (marked != Vec::from_iter(shown)).then(|| format!("marks {marked:?}, shows {shown:?}"))
    });
    assert!(offenders.is_empty(), "{offenders:#?}");
}

/// What is wrong about which case, of all of them.
fn offenders(wrong: impl Fn(&Path, &str) -> Option<String>) -> Vec<String> {
    let report = |case: PathBuf| {
        let message = fs::read_to_string(case.with_extension("stderr"));
        let message = message.unwrap_or_else(|error| format!("no message: {error}"));
        wrong(&case, &message).map(|wrong| format!("{}: {wrong}", case.display()))
    };
    cases("tests/fail").into_iter().filter_map(report).collect()
}

/// The `.rs` files in a folder, in order.
fn cases(folder: &str) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).expect("tests run in their package's folder");
    let files = files.map(|file| file.expect("a folder can be read").path());
    let mut cases: Vec<_> =
        files.filter(|path| path.extension() == Some(OsStr::new("rs"))).collect();
    cases.sort();
    assert!(!cases.is_empty(), "the cases are gone");
    cases
}

fn marked_lines(case: &Path) -> Vec<usize> {
    let source = fs::read_to_string(case).expect("a case can be read");
    let numbered = source.lines().zip(1..);
    numbered.filter(|(line, _)| line.ends_with("//~")).map(|(_, number)| number).collect()
}

/// The line in the first `--> tests/fail/case.rs:LINE:COLUMN` after the first error, unless
/// that points elsewhere.
fn first_error_line(message: &str, case: &Path) -> Option<usize> {
    let mut lines = message.lines().skip_while(|line| !line.starts_with("error"));
    let place = lines.find_map(|line| line.trim_start().strip_prefix("--> "))?;
    let place = place.strip_prefix(case.to_str()?)?.strip_prefix(':')?;
    place.split(':').next()?.parse().ok()
}
