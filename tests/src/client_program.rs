//! Clients that are programs of their own, in Node.js and Python, with the packages that
//! `cargo xtask test` installs for them.

use std::fs::read_to_string;
use std::path::{Path, PathBuf};

use tokio::process::Command;

use crate::left_out::left_out;

/// A script for Node.js. `None`, which is said, if this machine lacks its packages.
pub fn node(test: &str, script: &Path) -> Option<Command> {
    let modules = node_modules(test)?;
    let mut node = Command::new(modules.join(".bin/node"));
    node.env("NODE_PATH", modules).arg(script);
    Some(local(node))
}

/// The folder of the packages from npm. `None`, which is said, if this machine lacks them.
pub fn node_modules(test: &str) -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("SSE_TEST_NODE") else {
        left_out(test, "Node.js with the clients from npm");
        return None;
    };
    Some(Path::new(&folder).join("node_modules"))
}

/// A script for Python. `None`, which is said, if this machine lacks its packages.
pub fn python(test: &str, script: &Path) -> Option<Command> {
    let Some(python) = std::env::var_os("SSE_TEST_PYTHON") else {
        left_out(test, "Python with the clients from PyPI");
        return None;
    };
    let mut python = Command::new(python);
    python.arg(script);
    Some(local(python))
}

/// The script of datastar, which a package for Python brings. `None`, which is said, if this machine lacks it.
pub fn datastar(test: &str) -> Option<String> {
    let Some(python) = std::env::var_os("SSE_TEST_PYTHON") else {
        left_out(test, "Python with the package starhtml");
        return None;
    };
    let lib = Path::new(&python).ancestors().nth(2).expect("a folder").join("lib");
    let versions =
        lib.read_dir().expect("a folder").map(|version| version.expect("a folder").path());
    let scripts = versions.map(|it| it.join("site-packages/starhtml/static/js/datastar-core.js"));
    let script = scripts.map(read_to_string).find_map(Result::ok);
    Some(script.expect("the package has it"))
}

/// With no proxy between.
fn local(mut client: Command) -> Command {
    client.env("NO_PROXY", "127.0.0.1");
    client
}
