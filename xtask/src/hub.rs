//! Runs programs of the hub: a demonstration, faults, crashes, and measurements beside what people use instead.

use std::fs;

use anyhow::{Context as _, Result};
use xshell::{Shell, cmd};

use crate::{clients, install, root};

/// Starts the chat on two nodes behind nginx, with a page that kills and starts them.
pub(crate) fn cluster(sh: &Shell) -> Result<()> {
    install::redis(sh)?;
    let nginx = install::nginx(sh)?;
    // The program `cluster` starts `chat` as its nodes.
    cmd!(sh, "cargo build --package hub-examples --bin chat --bin cluster").run()?;
    let cluster = cmd!(sh, "cargo run --package hub-examples --bin cluster");
    Ok(cluster.env("SSE_TEST_NGINX", nginx).run()?)
}

/// Causes faults of Redis and of nodes, while clients come and go.
pub(crate) fn faults(sh: &Shell, options: &[&str]) -> Result<()> {
    install::redis(sh)?;
    // The program `cluster_faults` starts this one as its nodes.
    cmd!(sh, "cargo build --release --package system-tests --bin cluster_node").run()?;
    tests(sh, &["--release", "--bin=cluster_faults"], options)
}

/// Kills a process with a hub or with runs in a folder again and again, and looks for what was confirmed.
pub(crate) fn crashes(sh: &Shell, options: &[&str]) -> Result<()> {
    // The program `crashes` starts and kills these.
    let killed = ["--bin", "crash_writer", "--bin", "runs_crash_writer"];
    cmd!(sh, "cargo build --package system-tests {killed...}").run()?;
    tests(sh, &["--bin=crashes"], options)
}

/// Runs the soak test, with optimizations.
pub(crate) fn soak(sh: &Shell, options: &[&str]) -> Result<()> {
    tests(sh, &["--release", "--bin=soak"], options)
}

fn tests(sh: &Shell, program: &[&str], options: &[&str]) -> Result<()> {
    Ok(cmd!(sh, "cargo run --package system-tests {program...} -- {options...}").run()?)
}

/// Measures hubs on Redis or in a folder, beside a bare Redis, a bare loop and `SQLite`.
pub(crate) fn bench(sh: &Shell, program: &str, options: &[&str]) -> Result<()> {
    install::redis(sh)?;
    Ok(cmd!(sh, "cargo run --release --package hub-benches --bin {program} -- {options...}")
        .run()?)
}

/// Installs the servers that are not in Rust, and measures a hub beside all of them.
pub(crate) fn bench_beside(sh: &Shell, options: &[&str]) -> Result<()> {
    let nchan = root().join("target/hub-peers/nchan");
    if !nchan.join("usr/lib/nginx/modules/ngx_nchan_module.so").exists() {
        // Together with the nginx for which the module was built.
        install::unpack(sh, &["nginx", "libnginx-mod-nchan"], &nchan)?;
    }
    // nchan makes a folder in there, which the package would have made, and takes no other path.
    fs::create_dir_all("/var/lib/nginx").context("nchan needs the folder /var/lib/nginx")?;
    clients::npm(sh, "target/hub-peers/node", "sse-hub/benches/peers/better-sse")?;
    let requirements = "sse-hub/benches/peers/sse-starlette/requirements.txt";
    clients::pip(sh, "target/hub-peers/python", requirements)?;
    bench(sh, "hub", options)
}
