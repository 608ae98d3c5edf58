//! Plants small faults, one at a time, each of which the tests must notice.

use anyhow::{Result, bail};
use xshell::{Shell, cmd};

use crate::install;

/// Files that the fast tests can't test: they need a server, a decompressor, a subscriber of traces or
/// Redis.
const NOT_FAST: [&str; 4] = [
    "sse-runtime/src/adapters/**",
    "sse-runtime/src/compress/**",
    "sse-runtime/src/observe/**",
    "sse-hub/src/engine/redis/**",
];

/// Runs the fast tests once for each fault, in a copy of the workspace. The arguments are those of
/// `cargo mutants`, such as `--shard 0/4` or `--file sse-runtime/src/wire`.
pub(crate) fn mutants(sh: &Shell, krate: &str, arguments: &[&str]) -> Result<()> {
    let (package, tests) = match krate {
        "sse-macros" => ("fast", &["--", "--test=users_of_the_macro"][..]),
        "sse-runtime" => ("fast", &["--", "--test=fast"][..]),
        // Builds no other tests.
        "sse-hub" => ("sse-hub", &["--cargo-arg=--lib", "--"][..]),
        _ => bail!("there are fast tests of sse-macros, sse-runtime and sse-hub"),
    };
    let tool = install::cargo_tool(sh, "cargo-mutants", "27.1.0")?;
    let excluded = NOT_FAST.iter().map(|it| format!("--exclude={it}"));
    let features = (krate == "sse-hub").then_some("--features=file,metrics,redis");
    Ok(cmd!(sh, "{tool} mutants --package {krate} --test-package {package}")
        .args(excluded)
        .args(features)
        // The tests take six seconds. A fault in the macro can make the compiler run forever.
        .args(["--timeout=60", "--output=target/mutants"])
        .args(arguments)
        .args(tests)
        .args(["--", "-Zunstable-options", "--fail-fast"])
        .env("RUSTC_BOOTSTRAP", "1")
        // Puts a hub's tests into its library.
        .env("RUSTFLAGS", "--cfg sse_hub_fast")
        .env("CARGO_INCREMENTAL", "1")
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("PROPTEST_CASES", "24")
        .env("PROPTEST_MAX_SHRINK_ITERS", "0")
        .env("SSE_TEST_HANGS_AFTER", "10")
        .run()?)
}
