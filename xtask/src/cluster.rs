//! Hubs on Redis: the demonstration, the faults, and the figures.

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::install;

/// Starts the chat on two nodes behind nginx, with a page that kills and starts them.
pub(crate) fn cluster(sh: &Shell) -> Result<()> {
    install::redis(sh)?;
    let nginx = install::nginx(sh)?;
    // The program `cluster` starts `chat` as its nodes.
    cmd!(sh, "cargo build --package examples --bin chat --bin cluster").run()?;
    Ok(cmd!(sh, "cargo run --package examples --bin cluster").env("SSE_TEST_NGINX", nginx).run()?)
}

/// Causes faults of Redis and of nodes, while clients come and go.
pub(crate) fn faults(sh: &Shell, options: &[&str]) -> Result<()> {
    install::redis(sh)?;
    // The program `cluster_faults` starts this one as its nodes.
    cmd!(sh, "cargo build --release --package tests --bin cluster_node").run()?;
    Ok(cmd!(sh, "cargo run --release --package tests --bin cluster_faults -- {options...}")
        .run()?)
}

/// Measures latency and throughput, beside a bare Redis.
pub(crate) fn bench(sh: &Shell, options: &[&str]) -> Result<()> {
    install::redis(sh)?;
    Ok(cmd!(sh, "cargo run --release --package benches --bin cluster -- {options...}").run()?)
}
