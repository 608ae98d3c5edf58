//! Starts a contender's server, in a process of its own.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::contenders::{Contender, Runs};
use benches::Result;
use benches::kind::Kind;
use benches::machine::Pinning;
use benches::process::Server;

/// What `cargo xtask bench-hub` installs for the servers that are not in Rust, in this folder.
#[derive(Clone, Debug)]
pub(crate) struct Peers {
    pub(crate) installed: PathBuf,
    pub(crate) pinning: Pinning,
}

impl Peers {
    pub(crate) fn start(&self, contender: &Contender) -> Result<Server> {
        match contender.runs {
            Runs::Here(name) => Server::start(name, self.pinning),
            Runs::Node => {
                let modules = self.installed.join("node/node_modules");
                let mut node = self.command(&modules.join(".bin/node"));
                node.env("NODE_PATH", modules).arg(ours("better-sse/server.cjs"));
                Server::spawn(node.arg(Kind::Token.data()))
            }
            Runs::Python => {
                let mut python = self.command(&self.installed.join("python/bin/python"));
                python.arg(ours("sse-starlette/server.py"));
                Server::spawn(python.arg(Kind::Token.data()))
            }
            Runs::Nginx => self.nginx(),
        }
    }

    fn nginx(&self) -> Result<Server> {
        let folder = self.installed.join("nchan");
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        fs::write(folder.join("port.conf"), format!("listen 127.0.0.1:{port} backlog=4096;\n"))?;
        fs::copy(ours("nchan/nginx.conf"), folder.join("nginx.conf"))?;
        let module = folder.join("usr/lib/nginx/modules/ngx_nchan_module.so");
        // It doesn't look at its standard input, whose end tells the other servers to end.
        let mut nginx = self.command(Path::new("setpriv"));
        nginx.args(["--pdeathsig", "TERM"]).arg(folder.join("usr/sbin/nginx"));
        nginx.arg("-p").arg(&folder).args(["-e", "stderr", "-c", "nginx.conf"]);
        Server::on_port(nginx.args(["-g", &format!("load_module {};", module.display())]), port)
    }

    fn command(&self, program: &Path) -> Command {
        self.pinning.command(&program.to_string_lossy())
    }
}

/// A file of this repository.
fn ours(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers").join(file)
}
