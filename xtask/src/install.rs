//! What the tests need beside Rust.

use std::fs::create_dir_all;
use std::path::PathBuf;

use crate::run::{Result, command, root, run, succeeds};

/// A program, and Debian's package of it.
struct Needed {
    check: &'static str,
    package: &'static str,
}

const VALGRIND: Needed = Needed { check: "valgrind --version", package: "valgrind" };

const NEEDED: [Needed; 7] = [
    Needed { check: "chromium --version", package: "chromium" },
    Needed { check: "curl --version", package: "curl" },
    Needed { check: "chromedriver --version", package: "chromium-driver" },
    Needed { check: "npm --version", package: "npm" },
    // Debian's `venv` lacks this without a package of its own.
    Needed { check: "python3 -m ensurepip --version", package: "python3-venv" },
    // It has the server's program too, and unlike the server's package it starts none.
    Needed { check: "redis-cli --version", package: "redis-tools" },
    VALGRIND,
];

/// Installs all that the tests need.
pub(crate) fn programs() -> Result {
    install(&NEEDED)
}

/// Installs what counts instructions.
pub(crate) fn valgrind() -> Result {
    install(&[VALGRIND])
}

/// Installs Debian's packages for what is missing, where it may.
fn install(needed: &[Needed]) -> Result {
    let missing = needed.iter().filter(|needed| !succeeds(needed.check));
    let missing: Vec<_> = missing.map(|needed| needed.package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages = missing.join(" ");
    let Some(sudo) = apt_prefix() else {
        return Err(format!(
            "the tests need what is missing here: sudo apt-get install {packages}, or your \
             system's own packages of these"
        ));
    };
    update(sudo)?;
    let install = format!("{sudo}apt-get install --yes --no-install-recommends {packages}");
    run(command(&install).env("DEBIAN_FRONTEND", "noninteractive"))
}

/// nginx, unpacked and not installed: that would start a server for all the world to see.
pub(crate) fn nginx() -> Result<PathBuf> {
    let folder = root().join("target/nginx");
    let program = folder.join("usr/sbin/nginx");
    let here = |program: &str| succeeds(&format!("{program} -v"));
    if here("nginx") {
        return Ok("nginx".into());
    }
    if !here(&program.to_string_lossy()) {
        create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let in_folder = |words: &str| run(command(words).current_dir(&folder));
        if in_folder("apt-get download nginx").is_err() {
            update(apt_prefix().ok_or("the tests need nginx: sudo apt-get update, then again")?)?;
            in_folder("apt-get download nginx")?;
        }
        run(command("sh -c").arg("dpkg-deb --extract nginx_*.deb .").current_dir(&folder))?;
    }
    Ok(program)
}

fn update(sudo: &str) -> Result {
    run(&mut command(&format!("{sudo}apt-get update")))
}

/// How to call `apt-get`, if this machine and user may.
fn apt_prefix() -> Option<&'static str> {
    let prefixes = ["", "sudo -n "];
    // `--download-only` of nothing needs the same rights as an installation.
    prefixes
        .into_iter()
        .find(|sudo| succeeds(&format!("{sudo}apt-get install --yes --download-only")))
}
