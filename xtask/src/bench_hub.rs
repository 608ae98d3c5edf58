//! A hub beside what people use instead.

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::{clients, install, root};

/// Installs the servers that are not in Rust, and measures all of them.
pub(crate) fn bench_hub(sh: &Shell, options: &[&str]) -> Result<()> {
    let nchan = root().join("target/hub-peers/nchan");
    if !nchan.join("usr/lib/nginx/modules/ngx_nchan_module.so").exists() {
        // Together with the nginx for which the module was built.
        install::unpack(sh, &["nginx", "libnginx-mod-nchan"], &nchan)?;
    }
    clients::npm(sh, "target/hub-peers/node", "sse-hub/benches/peers/better-sse")?;
    let requirements = "sse-hub/benches/peers/sse-starlette/requirements.txt";
    clients::pip(sh, "target/hub-peers/python", requirements)?;
    Ok(cmd!(sh, "cargo run --release --package hub-benches --bin hub -- {options...}").run()?)
}
