//! Checks the oldest Rust that the published crates promise to compile with.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use cargo_metadata::semver::Version;
use cargo_metadata::{CargoOpt, DependencyKind, Metadata, MetadataCommand, Package};
use xshell::{Shell, cmd};

use crate::{install, root};

/// Checks that no dependency of the published crates declares a newer Rust than they promise;
/// where that Rust is installed, compiles them with it too.
pub(crate) fn check(sh: &Shell) -> Result<()> {
    let promised = check_declared(&root())?;
    let toolchain = format!("{}.{}", promised.major, promised.minor);
    if is_installed(sh, &toolchain) {
        let hack = install::cargo_hack(sh)?;
        cmd!(sh, "{hack} hack check --rust-version --ignore-private --all-features").run()?;
    } else {
        println!("Rust {toolchain} isn't installed: only checked what the dependencies declare");
    }
    Ok(())
}

/// Checks what the dependencies of the published crates declare, in the workspace in this folder.
/// Returns the oldest Rust that the crates promise to compile with.
pub(crate) fn check_declared(workspace: &Path) -> Result<Version> {
    let metadata = MetadataCommand::new()
        .current_dir(workspace)
        .features(CargoOpt::AllFeatures)
        .other_options(["--filter-platform", "x86_64-unknown-linux-gnu"].map(String::from))
        .exec()?;
    let published = metadata.workspace_packages().into_iter().filter(|it| is_published(it));
    let promised = published.filter_map(|package| package.rust_version.as_ref()).min();
    let promised = promised.context("the published crates declare a `rust-version`")?;
    let newer = compiled(&metadata).into_iter().filter(|package| needs_newer(package, promised));
    let newer: Vec<_> =
        newer.map(|package| format!("{} {}", package.name, package.version)).collect();
    ensure!(newer.is_empty(), "Rust {promised} is promised, but too old for {}", newer.join(", "));
    Ok(promised.clone())
}

fn is_published(package: &Package) -> bool {
    package.publish.is_none()
}

/// Returns the published crates and all that they depend on, tests aside.
fn compiled(metadata: &Metadata) -> Vec<&Package> {
    let resolve = metadata.resolve.as_ref().expect("cargo resolves dependencies");
    let published = metadata.workspace_packages().into_iter().filter(|it| is_published(it));
    let mut found: Vec<_> = published.map(|package| &package.id).collect();
    let mut next = 0;
    while let Some(&id) = found.get(next) {
        next += 1;
        for dependency in &resolve[id].deps {
            let mut kinds = dependency.dep_kinds.iter();
            if kinds.any(|it| it.kind != DependencyKind::Development)
                && !found.contains(&&dependency.pkg)
            {
                found.push(&dependency.pkg);
            }
        }
    }
    found.into_iter().map(|id| &metadata[id]).collect()
}

fn needs_newer(package: &Package, promised: &Version) -> bool {
    package.rust_version.as_ref().is_some_and(|needed| needed > promised)
}

fn is_installed(sh: &Shell, toolchain: &str) -> bool {
    let installed = cmd!(sh, "rustup toolchain list").quiet().read().unwrap_or_default();
    installed.lines().any(|line| line.starts_with(&format!("{toolchain}-")))
}
