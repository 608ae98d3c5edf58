//! Tests that need something that a machine may lack.

use std::io::Write as _;

/// Set where nothing may be left out, as `cargo xtask test` does.
const EVERYTHING: &str = "SSE_TEST_EVERYTHING";

/// Says that a test is left out because something is missing.
pub fn left_out(test: &str, missing: &str) {
    assert!(
        std::env::var_os(EVERYTHING).is_none(),
        "{test} needs {missing}: `cargo xtask test` installs it"
    );
    // Not by `eprintln!`, which the harness hides when a test passes.
    let notice = format!("LEFT OUT: {test}: no {missing} here; `cargo xtask test` installs it\n");
    std::io::stderr().write_all(notice.as_bytes()).expect("stderr takes a line");
}
