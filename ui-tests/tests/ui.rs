//! Tests what the compiler says to users in our words: about each of `tests/fail` what its `.stderr` holds.
//!
//! `TRYBUILD=overwrite cargo test -p ui-tests` rewrites these files: read them as a user would.

use std::fs;
use std::path::{Path, PathBuf};

use trybuild::TestCases;

mod cases;

use cases::{cases, internals, marked_lines};

/// Where a user's macro puts a `yield` into a scope of its own, only the compiler can notice, and says so
/// in these words.
const MOVED_BY_A_MACRO: (&str, &str) =
    ("tests/fail/yield_in_macro_that_makes_", "unreachable label");

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
fn no_message_names_internals() {
    let offenders = offenders(|case, message| {
        let is_moved = case.to_string_lossy().starts_with(MOVED_BY_A_MACRO.0);
        let mut named = internals(message);
        named.retain(|&it| !(is_moved && it == MOVED_BY_A_MACRO.1));
        (!named.is_empty()).then(|| format!("names {named:?}"))
    });
    assert!(offenders.is_empty(), "{offenders:#?}");
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

/// Returns what is wrong with each case.
fn offenders(wrong: impl Fn(&Path, &str) -> Option<String>) -> Vec<String> {
    let report = |case: PathBuf| {
        let message = fs::read_to_string(case.with_extension("stderr"));
        let message = message.unwrap_or_else(|error| format!("no message: {error}"));
        wrong(&case, &message).map(|wrong| format!("{}: {wrong}", case.display()))
    };
    cases("tests/fail").into_iter().filter_map(report).collect()
}

/// Returns the line in the first `--> tests/fail/case.rs:LINE:COLUMN` after the first error, unless
/// that points elsewhere.
fn first_error_line(message: &str, case: &Path) -> Option<usize> {
    let mut lines = message.lines().skip_while(|line| !line.starts_with("error"));
    let place = lines.find_map(|line| line.trim_start().strip_prefix("--> "))?;
    let place = place.strip_prefix(case.to_str()?)?.strip_prefix(':')?;
    place.split(':').next()?.parse().ok()
}
