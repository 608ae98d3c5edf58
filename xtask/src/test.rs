//! All tests, with nothing left out.

use crate::run::{Result, command, root, run};
use crate::{bench_gate, clients, install};

/// A workspace of its own.
const FUZZ: &str = "cargo test --manifest-path fuzz/Cargo.toml --target-dir target";

pub(crate) fn test() -> Result {
    install::programs()?;
    let (python, node) = (clients::python()?, clients::node()?);
    let nginx = install::nginx()?;
    let everything = |words: &str| {
        let mut command = command(words);
        command
            .env("SSE_TEST_EVERYTHING", "1")
            .env("SSE_TEST_PYTHON", &python)
            .env("SSE_TEST_NODE", &node)
            .env("SSE_TEST_NGINX", &nginx);
        command
    };
    run(&mut everything("cargo test --workspace --all-features"))?;
    run(&mut command(FUZZ))?;
    bench_gate::gate()
}

pub(crate) fn screenshot() -> Result {
    install::programs()?;
    let picture = root().join("docs/dashboard.png");
    run(command("cargo test --package examples --test browser").env("SSE_SCREENSHOT", picture))
}

/// Each fuzz target for so many seconds, on inputs made up anew.
pub(crate) fn fuzz(seconds: &str) -> Result {
    let seconds: u32 = seconds.parse().map_err(|_| format!("{seconds} is no number of seconds"))?;
    run(command(FUZZ)
        .env("BOLERO_RANDOM_ITERATIONS", u32::MAX.to_string())
        .env("BOLERO_RANDOM_TEST_TIME_MS", format!("{seconds}000")))
}
