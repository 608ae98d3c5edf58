//! Installs what the tests need besides Rust.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use xshell::{Cmd, Shell, cmd};

use crate::root;

/// A program, and the Debian package that has it.
struct Needed {
    /// A command that succeeds where the program is installed.
    check: &'static [&'static str],
    package: &'static str,
}

// This package has the server's program too, and unlike the package of the server, it starts none.
const REDIS: Needed = Needed { check: &["redis-cli", "--version"], package: "redis-tools" };
const VALGRIND: Needed = Needed { check: &["valgrind", "--version"], package: "valgrind" };

const NEEDED: [Needed; 8] = [
    Needed { check: &["chromium", "--version"], package: "chromium" },
    Needed { check: &["curl", "--version"], package: "curl" },
    Needed { check: &["chromedriver", "--version"], package: "chromium-driver" },
    Needed { check: &["openssl", "version"], package: "openssl" },
    Needed { check: &["npm", "--version"], package: "npm" },
    // Debian's `venv` lacks this module without a package of its own.
    Needed { check: &["python3", "-m", "ensurepip", "--version"], package: "python3-venv" },
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
    let missing = needed.iter().filter(|needed| !is_installed(sh, needed));
    let missing: Vec<_> = missing.map(|needed| needed.package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let Some(apt) = Apt::of_this_machine(sh) else {
        bail!(
            "the tests need programs that are missing here: sudo apt-get install {}, or your \
             system's own packages of them",
            missing.join(" ")
        );
    };
    apt.update(sh)?;
    Ok(apt.get(sh).args(["install", "--yes", "--no-install-recommends"]).args(missing).run()?)
}

fn is_installed(sh: &Shell, needed: &Needed) -> bool {
    let (program, arguments) = needed.check.split_first().expect("a command");
    succeeds(cmd!(sh, "{program} {arguments...}"))
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
        let apt = Apt::of_this_machine(sh);
        apt.context("run `sudo apt-get update`, then try again")?.update(sh)?;
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

/// A way to call `apt-get` with the rights to install.
#[derive(Clone, Copy)]
enum Apt {
    Direct,
    Sudo,
}

impl Apt {
    /// Returns the way that works for this user, if any.
    fn of_this_machine(sh: &Shell) -> Option<Self> {
        let works = |apt: &Self| {
            // Downloading nothing needs the same rights as an installation.
            succeeds(apt.get(sh).args(["install", "--yes", "--download-only"]))
        };
        [Self::Direct, Self::Sudo].into_iter().find(works)
    }

    fn get(self, sh: &Shell) -> Cmd<'_> {
        match self {
            Self::Direct => cmd!(sh, "env DEBIAN_FRONTEND=noninteractive apt-get"),
            Self::Sudo => cmd!(sh, "sudo -n env DEBIAN_FRONTEND=noninteractive apt-get"),
        }
    }

    fn update(self, sh: &Shell) -> Result<()> {
        Ok(self.get(sh).arg("update").run()?)
    }
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
