//! The cases in a folder, and the internals that no message may name.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// Words that a user has never heard of.
const INTERNALS: [&str; 4] =
    ["__private", "coroutine", "unreachable label", "yield syntax is experimental"];

/// The only source files that a message may show: they define what users know by name. All others
/// are internals.
const SHOWN: [&str; 8] = [
    "sse-runtime/src/adapters/rocket.rs",
    "sse-runtime/src/text/into_text.rs",
    "sse-runtime/src/event/json.rs",
    "sse-runtime/src/event/mod.rs",
    "sse-runtime/src/event_stream/conversions.rs",
    "sse-runtime/src/event_stream/mod.rs",
    "sse-runtime/src/event_stream/settings.rs",
    "sse-runtime/src/event/received.rs",
];

/// Returns the `.rs` files in a folder, in order.
pub(crate) fn cases(folder: &str) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).expect("tests run in their package's folder");
    let files = files.map(|file| file.expect("a folder can be read").path());
    let mut cases: Vec<_> =
        files.filter(|path| path.extension() == Some(OsStr::new("rs"))).collect();
    cases.sort();
    assert!(!cases.is_empty(), "the cases are gone");
    cases
}

/// Returns the lines of a case that end with `//~`, which the user must change. A line is returned once for
/// each mark that it ends with.
pub(crate) fn marked_lines(case: &Path) -> Vec<usize> {
    let source = fs::read_to_string(case).expect("a case can be read");
    let marks = |(line, number): (&str, _)| vec![number; line.matches("//~").count()];
    source.lines().zip(1..).flat_map(marks).collect()
}

/// Returns the internals that a message names.
pub(crate) fn internals(message: &str) -> Vec<&str> {
    let named = INTERNALS.iter().filter(|word| message.contains(**word)).copied();
    named.chain(sources(message).filter(|file| !SHOWN.contains(file))).collect()
}

/// Returns the source files of this workspace that a message shows.
fn sources(message: &str) -> impl Iterator<Item = &str> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/");
    let root = root.trim_end_matches("ui-tests/");
    let files = message.split("$WORKSPACE/").skip(1);
    let absolute = message.split("--> ").skip(1).filter_map(move |rest| rest.strip_prefix(root));
    let files = files.chain(absolute);
    let files = files.map(|rest| rest.split([':', '\n']).next().expect("a split has a first part"));
    files.filter(|file| !file.starts_with("ui-tests/"))
}
