//! Data races, with what only a nightly toolchain has.

use crate::run::{Result, command, run, succeeds};

const TESTS: &str =
    "--package sse-runtime --package sse-hub --features sse-runtime/http-body --test threads";

const INSTALL: &str = "rustup toolchain install nightly --component miri,rust-src";

/// Each test in many orders, none of which may be undefined behaviour.
pub(crate) fn miri() -> Result {
    nightly("cargo miri --version")?;
    let miri = format!("rustup run nightly cargo miri test {TESTS}");
    run(command(&miri).env("MIRIFLAGS", "-Zmiri-many-seeds=0..16"))
}

/// All orders in which the threads of a hub can meet, as far as its tests are small.
pub(crate) fn loom() -> Result {
    let test = "cargo test --release --package sse-hub --test loom --target-dir target/loom";
    run(command(test).env("RUSTFLAGS", "--cfg sse_hub_loom"))
}

/// The standard library is built anew, so that its own locks are seen.
pub(crate) fn tsan() -> Result {
    nightly("cargo --version")?;
    let host = "x86_64-unknown-linux-gnu";
    let test = format!("rustup run nightly cargo test -Zbuild-std --target {host} {TESTS}");
    run(command(&test).env("RUSTFLAGS", "-Zsanitizer=thread"))
}

fn nightly(needed: &str) -> Result {
    if succeeds(&format!("rustup run nightly {needed}")) {
        Ok(())
    } else {
        Err(format!("this needs: {INSTALL}"))
    }
}
