//! The soak, at the speed that users see.

use anyhow::Result;
use xshell::{Shell, cmd};

/// Random faults of Redis, while clients come and go between two nodes.
pub(crate) fn cluster_faults(sh: &Shell, options: &[&str]) -> Result<()> {
    run(sh, "cluster_faults", options)
}

pub(crate) fn soak(sh: &Shell, options: &[&str]) -> Result<()> {
    run(sh, "soak", options)
}

fn run(sh: &Shell, program: &str, options: &[&str]) -> Result<()> {
    Ok(cmd!(sh, "cargo run --release --package tests --bin {program} -- {options...}").run()?)
}
