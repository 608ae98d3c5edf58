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
        "sse-macros" => ("fast", "--test=users_of_the_macro"),
        "sse-runtime" => ("fast", "--test=fast"),
        "sse-hub" => ("sse-hub", "--lib"),
        _ => bail!("there are fast tests of sse-macros, sse-runtime and sse-hub"),
    };
    let tool = install::cargo_tool(sh, "cargo-mutants", "27.1.0")?;
    let excluded = NOT_FAST.iter().map(|it| format!("--exclude={it}"));
    let features = (krate == "sse-hub").then_some("--features=file,metrics,redis");
    for (name, value) in [
        // Puts a hub's tests into its library.
        ("RUSTFLAGS", "--cfg sse_hub_fast"),
        ("CARGO_INCREMENTAL", "1"),
        ("CARGO_PROFILE_DEV_DEBUG", "0"),
        ("PROPTEST_CASES", "24"),
        ("PROPTEST_MAX_SHRINK_ITERS", "0"),
        ("SSE_TEST_HANGS_AFTER", "10"),
        ("RUSTC_BOOTSTRAP", "1"),
    ] {
        sh.set_var(name, value);
    }
    // The tool would look for the tests without a fault in the wrong package.
    let target = "--target-dir=target/mutants/target";
    cmd!(sh, "cargo test --package {package} {tests} {target}").args(features).run()?;
    Ok(cmd!(sh, "{tool} mutants --package {krate} --test-package {package} --baseline=skip")
        .args(excluded)
        .args(features)
        .arg(format!("--cargo-arg={tests}"))
        // The tests take six seconds. A fault in the macro can make the compiler run forever.
        .args(["--timeout=60", "--output=target/mutants"])
        .args(arguments)
        .args(["--", "--", "-Zunstable-options", "--fail-fast"])
        .run()?)
}
