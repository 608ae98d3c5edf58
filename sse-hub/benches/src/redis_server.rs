//! A Redis of a measurement's own.

use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use benches::group::Group;

/// It ends when this is dropped.
pub struct RedisServer {
    port: u16,
    process: Child,
    _group: Group,
}

impl RedisServer {
    /// Starts one with these settings, and waits until it listens. It fails if this machine has none.
    pub fn start(settings: &[&str]) -> io::Result<Self> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        // Debian's package of the tools has the server too, which knows by its name what it is to be.
        let mut command = Command::new("redis-check-rdb");
        command.arg0("redis-server").args(["--bind", "127.0.0.1", "--save", "", "--port"]);
        command.arg(port.to_string()).args(settings).stdout(Stdio::null()).stderr(Stdio::null());
        let group = Group::new();
        let process = group.add(&mut command).spawn()?;
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(Self { port, process, _group: group })
    }

    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        // It may have ended by itself.
        _ = self.process.kill().and_then(|()| self.process.wait());
    }
}
