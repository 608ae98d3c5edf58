//! Runs all tests, with nothing left out.

use std::path::PathBuf;
use std::thread;

use anyhow::Result;
use xshell::{Cmd, Shell, cmd};

use crate::{clients, install, root};

pub(crate) fn test(sh: &Shell) -> Result<()> {
    install::programs(sh)?;
    let other = sh.clone();
    let environment = thread::spawn(move || environment(&other));
    let test = || cmd!(sh, "cargo test --workspace --all-features");
    // Meanwhile.
    test().arg("--no-run").run()?;
    let environment = environment.join().expect("it doesn't panic")?;
    // Tests wait more than they compute.
    let threads = 2 * thread::available_parallelism()?.get();
    let test = test()
        .envs(environment)
        .env("RUST_TEST_THREADS", threads.to_string())
        .env("SSE_TEST_EVERYTHING", "1");
    thread::scope(|scope| {
        let other = sh.clone();
        let untimed = scope.spawn(move || untimed(&other));
        test.run()?;
        untimed.join().expect("it doesn't panic")
    })
}

/// Runs what neither waits nor has to keep up with anything, while other tests wait.
fn untimed(sh: &Shell) -> Result<()> {
    cmd!(sh, "nice cargo xtask bench-gate").run()?;
    Ok(fuzz_targets(sh).run()?)
}

/// Installs what the tests start, and returns how they find it.
fn environment(sh: &Shell) -> Result<[(&'static str, PathBuf); 4]> {
    Ok([
        ("SSE_TEST_PYTHON", clients::python(sh)?),
        ("SSE_TEST_NODE", clients::node(sh)?),
        ("SSE_TEST_NGINX", install::nginx(sh)?),
        ("SSE_TEST_PROMTOOL", install::promtool(sh)?),
    ])
}

pub(crate) fn screenshot(sh: &Shell) -> Result<()> {
    install::programs(sh)?;
    let picture = root().join("docs/dashboard.png");
    let test = cmd!(sh, "cargo test --package examples --test browser");
    Ok(test.env("SSE_SCREENSHOT", picture).run()?)
}

/// Runs each fuzz target for this many seconds, on new random inputs.
pub(crate) fn fuzz(sh: &Shell, seconds: u32) -> Result<()> {
    let targets = fuzz_targets(sh).env("BOLERO_RANDOM_ITERATIONS", u32::MAX.to_string());
    Ok(targets.env("BOLERO_RANDOM_TEST_TIME_MS", format!("{seconds}000")).run()?)
}

/// Returns the command that tests the fuzz targets, which are in a workspace of their own.
fn fuzz_targets(sh: &Shell) -> Cmd<'_> {
    cmd!(sh, "nice cargo test --manifest-path fuzz/Cargo.toml --target-dir target")
}

/// Reads this many random bytes, in streams that are cut into random pieces.
pub(crate) fn fuzz_reader(sh: &Shell, bytes: &str) -> Result<()> {
    let test = ["--release", "--", "random_bytes", "--nocapture"];
    Ok(fuzz_targets(sh).args(test).env("SSE_FUZZ_BYTES", bytes).run()?)
}
