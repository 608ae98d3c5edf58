//! Data races, found with what only a nightly toolchain has.

use anyhow::{Result, bail};
use xshell::{Cmd, Shell, cmd};

use crate::install::succeeds;

const INSTALL: &str = "rustup toolchain install nightly --component miri,rust-src";

/// Runs each test in many orders, none of which may be undefined behaviour.
pub(crate) fn miri(sh: &Shell) -> Result<()> {
    needs_nightly(cmd!(sh, "rustup run nightly cargo miri --version"))?;
    let miri = thread_tests(cmd!(sh, "rustup run nightly cargo miri test"));
    Ok(miri.env("MIRIFLAGS", "-Zmiri-many-seeds=0..16").run()?)
}

/// Explores every order in which the threads of a hub and of a run can meet, as far as the tests are
/// small.
pub(crate) fn loom(sh: &Shell) -> Result<()> {
    loom_tests(sh, &["--test=loom"], &[])?;
    loom_tests(sh, &["--lib"], &["runs::orders"])
}

fn loom_tests(sh: &Shell, target: &[&str], names: &[&str]) -> Result<()> {
    let test = cmd!(sh, "cargo test --release --package sse-hub --target-dir target/loom");
    // It says how many orders there were.
    let test = test.args(target).args(["--", "--nocapture", "--test-threads=1"]).args(names);
    Ok(test.env("RUSTFLAGS", "--cfg sse_hub_loom").run()?)
}

/// Runs the tests under the thread sanitizer. The standard library is built again for it, so that
/// it sees the locks in there.
pub(crate) fn tsan(sh: &Shell) -> Result<()> {
    needs_nightly(cmd!(sh, "rustup run nightly cargo --version"))?;
    let target = "--target=x86_64-unknown-linux-gnu";
    let test = thread_tests(cmd!(sh, "rustup run nightly cargo test -Zbuild-std {target}"));
    Ok(test.env("RUSTFLAGS", "-Zsanitizer=thread").run()?)
}

fn thread_tests(test: Cmd<'_>) -> Cmd<'_> {
    test.args(["--package=sse-runtime", "--package=sse-hub"])
        .args(["--features=sse-runtime/http-body", "--test=threads"])
}

/// Fails with a hint if this can't be run.
pub(crate) fn needs_nightly(probe: Cmd<'_>) -> Result<()> {
    if !succeeds(probe) {
        bail!("this needs a nightly toolchain: {INSTALL}");
    }
    Ok(())
}
