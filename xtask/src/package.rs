//! Checks what the packages of the published crates hold.

use anyhow::{Result, ensure};
use xshell::{Shell, cmd};

/// The published crates, in the order in which they are published.
pub(crate) const NAMES: [&str; 3] = ["sse-macros", "sse-runtime", "sse-hub"];

/// The files that each must have beside its source and tests. `include` in its manifest leaves out all else.
const FILES: [&str; 3] = ["LICENSE-APACHE", "LICENSE-MIT", "README.md"];

/// Makes the packages, compiles each from what is in it, and checks that no file is missing of those that
/// compiling doesn't need.
pub(crate) fn package(sh: &Shell) -> Result<()> {
    for name in NAMES {
        let list = cmd!(sh, "cargo package --list --allow-dirty --package {name}").read()?;
        let list: Vec<_> = list.lines().collect();
        let missing = FILES.iter().find(|file| !list.contains(file));
        ensure!(missing.is_none(), "the package {name} lacks {missing:?}");
        // A checkout on Windows makes of a symbolic link a file that holds a path.
        let link = list.iter().find(|file| sh.current_dir().join(name).join(file).is_symlink());
        ensure!(link.is_none(), "{link:?} of {name} is a symbolic link");
        for license in &FILES[..2] {
            let is_same = sh.read_file(license)? == sh.read_file(format!("{name}/{license}"))?;
            ensure!(is_same, "{name}/{license} is not the workspace's {license}");
        }
    }
    let packages = NAMES.map(|name| format!("--package={name}"));
    Ok(cmd!(sh, "cargo package --allow-dirty {packages...}").run()?)
}
