//! Whether the macro's own tests and all programs that use it still compile and pass, for
//! `cargo xtask mutants`. They are compiled here, when the test runs: if they were built together
//! with a changed macro, a change that breaks users' code would count as one that can't be built.

use std::env;
use std::process::Command;

#[test]
fn what_uses_the_macro_compiles_and_passes() {
    for tests in [["--package=sse-macros", "--lib"], ["--package=fast", "--test=fast"]] {
        let cargo = env::var_os("CARGO").expect("Cargo runs this");
        let status = Command::new(cargo).arg("test").args(tests).status().expect("Cargo starts");
        assert!(status.success(), "{tests:?}");
    }
}
