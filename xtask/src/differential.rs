//! Reads the code of all crates that cargo has downloaded as blocks, in two ways that must agree.

use std::env;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use xshell::{Shell, cmd};

/// Compares the two. Another seed puts the block's own syntax at other places.
pub(crate) fn differential(sh: &Shell, seed: &str) -> Result<()> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(env::home_dir()?.join(".cargo"))).context("no CARGO_HOME")?;
    let test = "differential::blocks_are_read_as_a_parser_reads_them";
    Ok(cmd!(sh, "cargo test --release -p sse-macros --lib {test} -- --exact --nocapture")
        .env("SSE_DIFFERENTIAL", home.join("registry/src"))
        .env("SSE_DIFFERENTIAL_SEED", seed)
        // Some crates hold code that was generated, and is nested deeply.
        .env("RUST_MIN_STACK", (1_u32 << 30).to_string())
        .run()?)
}
