//! Clients of the streams, from PyPI and npm, in folders of their own.

use std::fs::{copy, create_dir_all, read};
use std::path::{Path, PathBuf};

use crate::install;
use crate::run::{Result, command, root, run, succeeds};

/// Runs every client, and checks or writes the page of what they read.
pub(crate) fn clients(bless: bool) -> Result {
    install::programs()?;
    let mut test = command("cargo test --package tests --test clients");
    if bless {
        test.env("SSE_TEST_BLESS", "1");
    }
    run(test
        .env("SSE_TEST_EVERYTHING", "1")
        .env("SSE_TEST_PYTHON", python()?)
        .env("SSE_TEST_NODE", node()?))
}

/// Installs the Python clients; gives the interpreter that has them.
pub(crate) fn python() -> Result<PathBuf> {
    let folder = root().join("target/python");
    let python = folder.join("bin/python");
    if !succeeds(&format!("{} -m pip --version", python.display())) {
        run(command("python3 -m venv --clear").arg(&folder))?;
    }
    let mut pip = command(&python.to_string_lossy());
    run(pip
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
        .arg(root().join("tests/clients/python/requirements.txt")))?;
    Ok(python)
}

/// Installs the clients from npm, with a Node.js that is new enough for them, whatever this
/// machine has; gives the folder.
pub(crate) fn node() -> Result<PathBuf> {
    let folder = root().join("target/node");
    let wanted = root().join("tests/clients/node");
    let lock = "package-lock.json";
    // npm writes this one last.
    let complete = folder.join("node_modules/.package-lock.json").exists();
    if !complete || read(folder.join(lock)).ok() != read(wanted.join(lock)).ok() {
        fill(&folder, &wanted, &["package.json", lock])?;
        let install = "npm ci --ignore-scripts --no-audit --no-fund --loglevel=error";
        run(command(install).current_dir(&folder))?;
    }
    Ok(folder)
}

fn fill(folder: &Path, from: &Path, files: &[&str]) -> Result {
    let failed = |error| format!("{}: {error}", folder.display());
    create_dir_all(folder).map_err(failed)?;
    for file in files {
        copy(from.join(file), folder.join(file)).map_err(failed)?;
    }
    Ok(())
}
