//! Measures what Debian's proxies do to streams.

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::{install, root};

const PROXIES: [&str; 6] = ["apache2-bin", "caddy", "haproxy", "nginx", "squid", "varnish"];

/// Unpacks the proxies that are not installed, and measures each of them.
pub(crate) fn proxies(sh: &Shell, options: &[&str]) -> Result<()> {
    let folder = root().join("target/proxies");
    let missing = install::missing_packages(sh, &PROXIES)?;
    // Written when all of them are unpacked.
    let complete = folder.join("complete");
    if sh.read_file(&complete).ok().as_deref() != Some(&missing.join("\n")) {
        let missing: Vec<_> = missing.iter().map(String::as_str).collect();
        sh.remove_path(&folder)?;
        install::unpack(sh, &missing, &folder)?;
        sh.write_file(complete, missing.join("\n"))?;
    }
    Ok(cmd!(sh, "cargo run --package tests --bin proxies -- {options...}")
        .env("SSE_TEST_PROXIES", folder)
        .run()?)
}
