//! Installs what the tests need besides Rust.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use xshell::{Cmd, Shell, cmd};

use crate::root;

/// A command that succeeds where a program is installed, and the Debian package that has it.
type Needed = (&'static str, &'static str);

// This package has the server's program too, and unlike the package of the server, it starts none.
const REDIS: Needed = ("redis-cli --version", "redis-tools");
const VALGRIND: Needed = ("valgrind --version", "valgrind");

const NEEDED: [Needed; 8] = [
    ("chromium --version", "chromium"),
    ("curl --version", "curl"),
    ("chromedriver --version", "chromium-driver"),
    ("openssl version", "openssl"),
    ("npm --version", "npm"),
    // Debian's `venv` lacks this module without a package of its own.
    ("python3 -m ensurepip --version", "python3-venv"),
    REDIS,
    VALGRIND,
];

/// Installs all that the tests need.
pub(crate) fn programs(sh: &Shell) -> Result<()> {
    install(sh, &NEEDED)
}

/// Installs Redis, and starts no server.
pub(crate) fn redis(sh: &Shell) -> Result<()> {
    install(sh, &[REDIS])
}

/// Installs the program that counts instructions.
pub(crate) fn valgrind(sh: &Shell) -> Result<()> {
    install(sh, &[VALGRIND])
}

/// Installs Debian's packages of what is missing, if it may.
fn install(sh: &Shell, needed: &[Needed]) -> Result<()> {
    let missing = needed.iter().filter(|(check, _)| !succeeds(cmd!(sh, "sh -c {check}")));
    let missing: Vec<_> = missing.map(|(_, package)| *package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let install = || {
        apt_get(sh, &["update"])?;
        apt_get(sh, &[&["install", "--yes", "--no-install-recommends"], &missing[..]].concat())
    };
    install().with_context(|| {
        let missing = missing.join(" ");
        format!("the tests need {missing}: install these, or your system's own packages of them")
    })
}

/// Calls `apt-get` with the rights to install, if this user has them.
fn apt_get(sh: &Shell, words: &[&str]) -> Result<()> {
    let is_root = cmd!(sh, "id -u").quiet().read()? == "0";
    let sudo: &[&str] = if is_root { &[] } else { &["sudo", "-n"] };
    let apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"];
    let words = [sudo, &apt, words].concat();
    let (program, arguments) = words.split_first().expect("a command");
    Ok(cmd!(sh, "{program} {arguments...}").run()?)
}

pub(crate) fn nginx(sh: &Shell) -> Result<PathBuf> {
    unpacked(sh, "nginx", "usr/sbin/nginx", "-v")
}

/// Returns Prometheus' tool that checks the text of metrics.
pub(crate) fn promtool(sh: &Shell) -> Result<PathBuf> {
    unpacked(sh, "prometheus", "usr/bin/promtool", "--version")
}

/// Returns a program of a Debian package, which is unpacked but not installed: installing it would start a
/// server that listens to the whole network.
fn unpacked(sh: &Shell, package: &str, program: &str, version: &str) -> Result<PathBuf> {
    let folder = root().join("target").join(package);
    let program = folder.join(program);
    let installed = program.file_name().context("a program has a name")?;
    if succeeds(cmd!(sh, "{installed} {version}")) {
        return Ok(installed.into());
    }
    if !succeeds(cmd!(sh, "{program} {version}")) {
        unpack(sh, &[package], &folder)?;
    }
    Ok(program)
}

/// Downloads Debian packages, and unpacks them into the folder.
pub(crate) fn unpack(sh: &Shell, packages: &[&str], folder: &Path) -> Result<()> {
    sh.create_dir(folder)?;
    let _folder = sh.push_dir(folder);
    let download = cmd!(sh, "apt-get download {packages...}");
    if download.run().is_err() {
        apt_get(sh, &["update"]).context("run `sudo apt-get update`, then try again")?;
        download.run()?;
    }
    let unpack = "for package in *.deb; do dpkg-deb --extract $package .; done";
    Ok(cmd!(sh, "sh -ec {unpack}").run()?)
}

/// Returns the packages that an installation of these would add to this machine, their dependencies
/// included. Installs none of them.
pub(crate) fn missing_packages(sh: &Shell, packages: &[&str]) -> Result<Vec<String>> {
    let simulation = ["--simulate", "--no-install-recommends"];
    let plan = cmd!(sh, "apt-get {simulation...} install {packages...}");
    let plan = plan.read().context("run `sudo apt-get update`, then try again")?;
    let added = plan.lines().filter_map(|line| {
        let mut words = line.strip_prefix("Inst ")?.split(' ');
        let name = words.next()?;
        // A version in brackets is the one that is installed.
        let is_upgrade = words.next()?.starts_with('[');
        (!is_upgrade).then(|| name.to_owned())
    });
    Ok(added.collect())
}

/// Returns `cargo-hack`.
pub(crate) fn cargo_hack(sh: &Shell) -> Result<PathBuf> {
    cargo_tool(sh, "cargo-hack", "0.6.46")
}

/// Returns a subcommand of Cargo: the one on the path, or this checkout's own, built from the registry.
pub(crate) fn cargo_tool(sh: &Shell, name: &str, version: &str) -> Result<PathBuf> {
    if succeeds(cmd!(sh, "{name} --help")) {
        return Ok(name.into());
    }
    let folder = root().join("target/tools");
    let program = folder.join("bin").join(name);
    if !succeeds(cmd!(sh, "{program} --help")) {
        // An unoptimized build takes a fraction of the time, and the tool only starts Cargo.
        cmd!(sh, "cargo install {name} --version {version} --locked --debug --root {folder}")
            .run()?;
    }
    Ok(program)
}

/// Returns whether the command can be run and succeeds.
pub(crate) fn succeeds(command: Cmd<'_>) -> bool {
    command.quiet().ignore_stdout().ignore_stderr().run().is_ok()
}
