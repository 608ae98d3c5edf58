//! Checks the oldest Rust that the published crates promise to compile with.

use anyhow::{Context as _, Result, ensure};
use cargo_metadata::semver::Version;
use cargo_metadata::{CargoOpt, MetadataCommand};
use xshell::{Shell, cmd};

use crate::{install, package};

/// Checks that no dependency of the published crates declares a newer Rust than they promise;
/// where that Rust is installed, compiles them with it too.
pub(crate) fn check(sh: &Shell) -> Result<()> {
    let promised = check_declared(sh)?;
    let toolchain = format!("{}.{}", promised.major, promised.minor);
    if is_installed(sh, &toolchain) {
        let hack = install::cargo_hack(sh)?;
        cmd!(sh, "{hack} hack check --rust-version --ignore-private --all-features").run()?;
    } else {
        println!("Rust {toolchain} isn't installed: only checked what the dependencies declare");
    }
    Ok(())
}

/// Checks what the dependencies of the published crates declare, tests aside, in the workspace of the shell's
/// folder. Returns the oldest Rust that the crates promise to compile with.
pub(crate) fn check_declared(sh: &Shell) -> Result<Version> {
    let metadata = MetadataCommand::new()
        .current_dir(sh.current_dir())
        .features(CargoOpt::AllFeatures)
        .exec()?;
    let published = metadata.packages.iter().filter(|it| package::NAMES.contains(&&**it.name));
    let promised = published.filter_map(|package| package.rust_version.as_ref()).min();
    let promised = promised.context("the published crates declare a `rust-version`")?;
    let packages = package::NAMES.map(|name| format!("--package={name}"));
    let kinds = ["--edges=normal,build", "--all-features", "--prefix=none", "--format={p}"];
    let compiled = cmd!(sh, "cargo tree {packages...} {kinds...}").read()?;
    let newer = metadata.packages.iter().filter(|package| {
        let name = format!("{} v{}", package.name, package.version);
        let is_compiled = compiled.lines().any(|line| line.split(" (").next() == Some(&name));
        is_compiled && package.rust_version.as_ref().is_some_and(|needed| needed > promised)
    });
    let newer: Vec<_> =
        newer.map(|package| format!("{} {}", package.name, package.version)).collect();
    ensure!(newer.is_empty(), "Rust {promised} is promised, but too old for {}", newer.join(", "));
    Ok(promised.clone())
}

fn is_installed(sh: &Shell, toolchain: &str) -> bool {
    let installed = cmd!(sh, "rustup toolchain list").quiet().read().unwrap_or_default();
    installed.lines().any(|line| line.starts_with(&format!("{toolchain}-")))
}
