//! The soak, at the speed that users see.

use anyhow::Result;
use xshell::{Shell, cmd};

pub(crate) fn soak(sh: &Shell, options: &[&str]) -> Result<()> {
    Ok(cmd!(sh, "cargo run --release --package system-tests --bin soak -- {options...}").run()?)
}
