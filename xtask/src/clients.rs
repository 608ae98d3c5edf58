//! The clients from PyPI and npm, installed into folders of their own.

use std::path::{Path, PathBuf};

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::install::{self, succeeds};
use crate::root;

/// Runs every client, and checks or rewrites the page of what they read.
pub(crate) fn clients(sh: &Shell, bless: bool) -> Result<()> {
    install::programs(sh)?;
    let mut test = cmd!(sh, "cargo test --package tests --test clients");
    if bless {
        test = test.env("SSE_TEST_BLESS", "1");
    }
    test.env("SSE_TEST_EVERYTHING", "1")
        .env("SSE_TEST_PYTHON", python(sh)?)
        .env("SSE_TEST_NODE", node(sh)?)
        .run()?;
    Ok(())
}

/// Installs the Python clients, and returns the interpreter that has them.
pub(crate) fn python(sh: &Shell) -> Result<PathBuf> {
    let python = pip(sh, "target/python", "tests/clients/python/requirements.txt")?;
    // For the script of datastar alone, which is not on npm in a released version.
    let package = ["--no-deps", "--ignore-requires-python", "starhtml==0.7.0"];
    cmd!(sh, "{python} -m pip install --quiet --disable-pip-version-check {package...}").run()?;
    Ok(python)
}

/// Installs the clients from npm, together with a Node.js that is new enough for them, and
/// returns the folder.
pub(crate) fn node(sh: &Shell) -> Result<PathBuf> {
    npm(sh, "target/node", "tests/clients/node")
}

/// Installs requirements into an environment in the folder, and returns its interpreter.
pub(crate) fn pip(sh: &Shell, folder: &str, requirements: &str) -> Result<PathBuf> {
    let folder = root().join(folder);
    let python = folder.join("bin/python");
    if !succeeds(cmd!(sh, "{python} -m pip --version")) {
        cmd!(sh, "python3 -m venv --clear {folder}").run()?;
    }
    let quiet = ["--quiet", "--disable-pip-version-check"];
    cmd!(sh, "{python} -m pip install {quiet...} --requirement {requirements}").run()?;
    Ok(python)
}

/// Installs the packages that the folder `wanted` lists into `folder`, and returns that.
pub(crate) fn npm(sh: &Shell, folder: &str, wanted: &str) -> Result<PathBuf> {
    let (folder, wanted) = (root().join(folder), root().join(wanted));
    // npm writes this file last.
    let complete = folder.join("node_modules/.package-lock.json").exists();
    if !complete || !same(sh, &folder, &wanted) {
        sh.create_dir(&folder)?;
        for file in ["package.json", LOCK] {
            sh.copy_file(wanted.join(file), folder.join(file))?;
        }
        let _folder = sh.push_dir(&folder);
        cmd!(sh, "npm ci --ignore-scripts --no-audit --no-fund --loglevel=error").run()?;
    }
    Ok(folder)
}

const LOCK: &str = "package-lock.json";

/// Returns whether both folders have the same lock file.
fn same(sh: &Shell, folder: &Path, wanted: &Path) -> bool {
    let lock = |folder: &Path| sh.read_file(folder.join(LOCK)).ok();
    lock(folder) == lock(wanted)
}
