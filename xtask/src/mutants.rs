//! Small faults, planted one at a time: the tests must notice each.

use anyhow::{Result, bail};
use xshell::{Shell, cmd};

use crate::install;

/// What the fast tests can't see: it needs a server, a decompressor or a subscriber of traces.
const NOT_FAST: [&str; 4] = ["adapters/**", "compress/**", "body/compress.rs", "observe/**"];

/// Runs the tests of the package `fast` once for each fault, in a copy of the workspace. The
/// arguments are those of `cargo mutants`, such as `--shard 0/4` or `--file sse-runtime/src/wire`.
pub(crate) fn mutants(sh: &Shell, krate: &str, arguments: &[&str]) -> Result<()> {
    let test = match krate {
        "sse-macros" => "users_of_the_macro",
        "sse-runtime" => "fast",
        _ => bail!("the fast tests are those of sse-macros and sse-runtime"),
    };
    let tool = install::cargo_tool(sh, "cargo-mutants", "27.1.0")?;
    let excluded = NOT_FAST.iter().map(|it| format!("--exclude=sse-runtime/src/{it}"));
    Ok(cmd!(sh, "{tool} mutants --package {krate} --test-package fast")
        .args(excluded)
        // The tests take six seconds. A fault in the macro can make the compiler run forever.
        .args(["--timeout=60", "--output=target/mutants"])
        .args(arguments)
        .args(["--", "--test", test])
        .env("CARGO_INCREMENTAL", "1")
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("PROPTEST_CASES", "24")
        .env("SSE_TEST_HANGS_AFTER", "10")
        .run()?)
}
