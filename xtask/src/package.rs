//! What the packages of the published crates hold.

use crate::run::{Result, command, output, run};

/// In the order in which they are published, with the files that each must have beside its source.
const CRATES: [(&str, &[&str]); 3] = [
    ("sse-macros", &[]),
    (
        "sse-runtime",
        &[
            "guide/clients.md",
            "guide/messages.md",
            "guide/migrating.md",
            "guide/performance.md",
            "guide/performance.svg",
        ],
    ),
    ("sse-hub", &[]),
];

const EVERYWHERE: [&str; 5] =
    ["Cargo.toml", "LICENSE-APACHE", "LICENSE-MIT", "README.md", "src/lib.rs"];

/// Makes the packages, compiles each from what is in it, and looks for what should or shouldn't be there.
pub(crate) fn package() -> Result {
    for (name, files) in CRATES {
        let list = format!("cargo package --list --allow-dirty --package {name}");
        let list = output(&mut command(&list))?.stdout;
        inspect(name, files, &list.lines().collect::<Vec<_>>())?;
    }
    let packages = CRATES.map(|(name, _)| format!("--package {name}")).join(" ");
    run(&mut command(&format!("cargo package --allow-dirty --target-dir target {packages}")))
}

fn inspect(name: &str, files: &[&str], list: &[&str]) -> Result {
    if let Some(missing) = EVERYWHERE.iter().chain(files).find(|file| !list.contains(file)) {
        return Err(format!("the package {name} lacks {missing}"));
    }
    match list.iter().find(|file| !belongs(file)) {
        Some(stray) => Err(format!("the package {name} holds {stray}, which nobody needs")),
        None => Ok(()),
    }
}

/// Whether the file is of a kind that a package should hold.
fn belongs(file: &str) -> bool {
    const MADE_BY_CARGO: [&str; 3] = [".cargo_vcs_info.json", "Cargo.lock", "Cargo.toml.orig"];
    let folder = file.split_once('/').map(|(folder, _)| folder);
    EVERYWHERE.contains(&file)
        || MADE_BY_CARGO.contains(&file)
        || folder.is_some_and(|folder| ["guide", "src", "tests"].contains(&folder))
}
