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
        inspect(name, files, &list.lines().collect::<Vec<_>>())?;
    }
    same_everywhere(sh)?;
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

/// Checks that each crate has the workspace's licenses, and that nothing is a symbolic link, which a
/// checkout on Windows makes a file that holds a path.
fn same_everywhere(sh: &Shell) -> Result<()> {
    for (name, license) in names().flat_map(|name| LICENSES.map(|license| (name, license))) {
        let is_same = sh.read_file(license)? == sh.read_file(format!("{name}/{license}"))?;
        ensure!(is_same, "{name}/{license} is not the workspace's {license}");
    }
    let files = cmd!(sh, "git ls-files --stage").quiet().read()?;
    let links: Vec<_> = files.lines().filter(|file| file.starts_with("120000")).collect();
    ensure!(links.is_empty(), "symbolic links are not for Windows: {links:?}");
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
