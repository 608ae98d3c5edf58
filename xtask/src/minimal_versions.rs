//! The oldest dependencies that the published crates allow.

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::threads::needs_nightly;
use crate::{install, root};

/// Compiles the published crates with the oldest version of each direct dependency that their
/// manifests allow.
///
/// Meanwhile the manifests and the lock file of this checkout are changed; they are restored
/// at the end.
pub(crate) fn check(sh: &Shell) -> Result<()> {
    needs_nightly(cmd!(sh, "rustup run nightly cargo --version"))?;
    install::cargo_hack(sh)?;
    let tool = install::cargo_tool(sh, "cargo-minimal-versions", "0.1.38")?;
    // It calls `cargo hack`, which Cargo looks for on the path.
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders = vec![root().join("target/tools/bin")];
    folders.extend(std::env::split_paths(&path));
    let check = cmd!(sh, "{tool} minimal-versions check --direct --workspace --ignore-private");
    Ok(check
        .args(["--all-features", "--target-dir=target/minimal-versions"])
        .env("PATH", std::env::join_paths(folders)?)
        .run()?)
}
