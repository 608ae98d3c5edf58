//! Tests the published crates with the oldest dependencies that they allow.

use std::path::Path;

use anyhow::{Context as _, Result};
use xshell::{Shell, cmd};

use crate::{install, msrv, root};

/// What the copy of the workspace holds: the published crates, and tests that need no server.
const COPIED: [&str; 7] = [
    "clippy.toml",
    "rust-toolchain.toml",
    "sse-hub",
    "sse-macros",
    "sse-runtime",
    "tests",
    "ui-tests",
];
const MEMBERS: &str =
    r#"members = ["sse-hub", "sse-macros", "sse-runtime", "tests/elsewhere", "tests/fast"]"#;

/// Compiles and tests the published crates with the oldest version of each direct dependency that
/// their manifests allow, in a copy of the workspace that has a lock file of its own.
pub(crate) fn check(sh: &Shell) -> Result<()> {
    let hack = install::cargo_hack(sh)?;
    let target = root().join("target/minimal-versions");
    let workspace = target.join("workspace");
    copy(sh, &workspace)?;
    let _workspace = sh.push_dir(&workspace);
    let _target = sh.push_env("CARGO_TARGET_DIR", &target);
    // Lets a stable Cargo take this option too.
    cmd!(sh, "cargo update -Z direct-minimal-versions").env("RUSTC_BOOTSTRAP", "1").run()?;
    msrv::check_declared(sh)?;
    // Dependencies of tests alone could turn on features that a user's build lacks.
    cmd!(sh, "{hack} hack check --each-feature --no-dev-deps --ignore-private").run()?;
    cmd!(sh, "cargo test --workspace --exclude elsewhere --exclude fast --all-features").run()?;
    Ok(cmd!(sh, "cargo test --package fast --test fast --test users_of_the_macro").run()?)
}

fn copy(sh: &Shell, workspace: &Path) -> Result<()> {
    sh.remove_path(workspace)?;
    sh.create_dir(workspace)?;
    // The files keep their times, so that Cargo builds again only what has changed.
    cmd!(sh, "cp --recursive --preserve=timestamps {COPIED...} {workspace}").run()?;
    let manifest = sh.read_file("Cargo.toml")?;
    let members = manifest.lines().find(|line| line.starts_with("members = "));
    let members = members.context("the workspace's manifest lists its members in one line")?;
    Ok(sh.write_file(workspace.join("Cargo.toml"), manifest.replace(members, MEMBERS))?)
}
