//! The soak, at the speed that users see.

use crate::run::{Result, command, run};

/// Faults of Redis at random, while clients come and go between two nodes.
pub(crate) fn cluster_faults(options: &[&str]) -> Result {
    run(command("cargo run --release --package tests --bin cluster_faults --").args(options))
}

pub(crate) fn soak(options: &[&str]) -> Result {
    run(command("cargo run --release --package tests --bin soak --").args(options))
}
