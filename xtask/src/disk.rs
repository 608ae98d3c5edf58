//! Hubs in a folder: crashes, and the figures.

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::install;

/// Kills a process with a hub or with runs in a folder again and again, and looks for what was confirmed.
pub(crate) fn crashes(sh: &Shell, options: &[&str]) -> Result<()> {
    // It starts the others, which are the programs that are killed.
    let killed = ["--bin", "crash_writer", "--bin", "runs_crash_writer"];
    cmd!(sh, "cargo build --package system-tests {killed...}").run()?;
    Ok(cmd!(sh, "cargo run --package system-tests --bin crashes -- {options...}").run()?)
}

/// Throughput and latency, beside a bare loop, `SQLite` and Redis.
pub(crate) fn bench(sh: &Shell, options: &[&str]) -> Result<()> {
    install::redis(sh)?;
    Ok(cmd!(sh, "cargo run --release --package hub-benches --bin disk -- {options...}").run()?)
}
