//! Hubs on Redis: the demonstration, the faults, and the figures.

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::install;

/// The chat on two nodes behind nginx, with a page that kills and starts them.
pub(crate) fn cluster(sh: &Shell) -> Result<()> {
    install::redis(sh)?;
    let nginx = install::nginx(sh)?;
    // It starts the chat's program as its nodes.
    cmd!(sh, "cargo build --package hub-examples --bin chat --bin cluster").run()?;
    Ok(cmd!(sh, "cargo run --package hub-examples --bin cluster")
        .env("SSE_TEST_NGINX", nginx)
        .run()?)
}

/// Faults of Redis and of nodes, while clients come and go.
pub(crate) fn faults(sh: &Shell, options: &[&str]) -> Result<()> {
    install::redis(sh)?;
    // It starts the other, which is the program of a node.
    cmd!(sh, "cargo build --release --package system-tests --bin cluster_node").run()?;
    Ok(cmd!(sh, "cargo run --release --package system-tests --bin cluster_faults -- {options...}")
        .run()?)
}

/// Latency and throughput, beside a bare Redis.
pub(crate) fn bench(sh: &Shell, options: &[&str]) -> Result<()> {
    install::redis(sh)?;
    Ok(cmd!(sh, "cargo run --release --package hub-benches --bin redis -- {options...}").run()?)
}
