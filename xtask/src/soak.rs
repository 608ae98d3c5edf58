//! The soak, at the speed that users see.

use crate::run::{Result, command, run};

pub(crate) fn soak(options: &[&str]) -> Result {
    run(command("cargo run --release --package tests --bin soak --").args(options))
}
