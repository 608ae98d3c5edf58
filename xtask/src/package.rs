//! What the packages of the published crates hold.

use anyhow::{Result, ensure};
use xshell::{Shell, cmd};

/// In the order in which they are published, with the files that each must have beside its source.
const CRATES: [(&str, &[&str]); 3] = [
    ("sse-macros", &[]),
    (
        "sse-runtime",
        &[
            "src/guide/clients_table.md",
            "src/guide/messages.md",
            "src/guide/migrating.md",
            "src/guide/performance.md",
            "src/guide/performance.svg",
            "src/guide/proxies_table.md",
        ],
    ),
    ("sse-hub", &[]),
];

/// The published crates, in the order in which they are published.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    CRATES.into_iter().map(|(name, _)| name)
}

const LICENSES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];

const EVERYWHERE: [&str; 5] =
    ["Cargo.toml", "LICENSE-APACHE", "LICENSE-MIT", "README.md", "src/lib.rs"];

/// Makes the packages, compiles each from what is in it, and checks which files that is.
pub(crate) fn package(sh: &Shell) -> Result<()> {
    for (name, files) in CRATES {
        let list = cmd!(sh, "cargo package --list --allow-dirty --package {name}").read()?;
        let list: Vec<_> = list.lines().collect();
        inspect(name, files, &list)?;
        has_no_links(sh, name, &list)?;
        has_the_licenses(sh, name)?;
    }
    let packages = CRATES.map(|(name, _)| format!("--package={name}"));
    cmd!(sh, "cargo package --allow-dirty {packages...}").run()?;
    Ok(())
}

fn inspect(name: &str, files: &[&str], list: &[&str]) -> Result<()> {
    let missing = EVERYWHERE.iter().chain(files).find(|file| !list.contains(file));
    ensure!(missing.is_none(), "the package {name} lacks {missing:?}");
    let stray = list.iter().find(|file| !belongs(file));
    ensure!(stray.is_none(), "the package {name} contains {stray:?}, which nobody needs");
    Ok(())
}

/// A checkout on Windows makes of a symbolic link a file that holds a path.
fn has_no_links(sh: &Shell, name: &str, list: &[&str]) -> Result<()> {
    let folder = sh.current_dir().join(name);
    let link = list.iter().find(|file| folder.join(file).is_symlink());
    ensure!(link.is_none(), "{link:?} of {name} is a symbolic link");
    Ok(())
}

fn has_the_licenses(sh: &Shell, name: &str) -> Result<()> {
    for license in LICENSES {
        let is_same = sh.read_file(license)? == sh.read_file(format!("{name}/{license}"))?;
        ensure!(is_same, "{name}/{license} is not the workspace's {license}");
    }
    Ok(())
}

/// Whether the file is of a kind that a package should hold.
fn belongs(file: &str) -> bool {
    const MADE_BY_CARGO: [&str; 3] = [".cargo_vcs_info.json", "Cargo.lock", "Cargo.toml.orig"];
    let folder = file.split_once('/').map(|(folder, _)| folder);
    EVERYWHERE.contains(&file)
        || MADE_BY_CARGO.contains(&file)
        || folder.is_some_and(|folder| ["src", "tests"].contains(&folder))
}
