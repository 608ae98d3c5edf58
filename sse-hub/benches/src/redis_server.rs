//! A Redis of a measurement's own.

use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

use benches::Result;
use benches::process::Server;

/// It ends when this is dropped.
pub struct RedisServer(Server);

impl RedisServer {
    /// Starts one with these settings, and waits until it listens. It fails if this machine has none.
    pub fn start(settings: &[&str]) -> Result<Self> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        // Debian's package of the tools has the server too, which knows by its name what it is to be.
        let mut command = Command::new("redis-check-rdb");
        command.arg0("redis-server").args(["--bind", "127.0.0.1", "--save", "", "--port"]);
        command.arg(port.to_string()).args(settings).stdout(Stdio::null()).stderr(Stdio::null());
        Ok(Self(Server::on_port(&mut command, port)?))
    }

    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.0.port)
    }
}
