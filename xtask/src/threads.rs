//! Looks for data races with loom, and with Miri and the thread sanitizer, which need a nightly toolchain.

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

/// Explores every order in which the threads of a hub, of a run, and of a body and what wakes it, can
/// meet, as far as the tests are small.
pub(crate) fn loom(sh: &Shell) -> Result<()> {
    loom_tests(sh, &["--test=loom", "--package=sse-hub", "--package=sse-runtime"], &[])?;
    loom_tests(sh, &["--lib", "--package=sse-hub"], &["runs::loom_tests"])
}

fn loom_tests(sh: &Shell, target: &[&str], names: &[&str]) -> Result<()> {
    let test = cmd!(sh, "cargo test --release --target-dir target/loom").args(target);
    // The tests print how many orders there were.
    let test = test.args(["--", "--nocapture", "--test-threads=1"]).args(names);
    Ok(test.env("RUSTFLAGS", "--cfg sse_hub_loom --cfg sse_runtime_loom").run()?)
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
