//! A Redis that syncs each event.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

pub(crate) struct RedisServer {
    process: Child,
    pub(crate) url: String,
}

impl RedisServer {
    /// `None` if this machine has none.
    pub(crate) fn start(folder: &Path) -> Option<Self> {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
        let address: SocketAddr = free.expect("a free port");
        // Debian's package of the tools has the server too, which knows by its name what it is to be.
        let mut command = Command::new("redis-check-rdb");
        command.arg0("redis-server").args(["--bind", "127.0.0.1", "--save", ""]);
        command.args(["--port", &address.port().to_string()]).arg("--dir").arg(folder);
        command.args(["--appendonly", "yes", "--appendfsync", "always"]);
        let process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()?;
        while TcpStream::connect(address).is_err() {
            std::thread::sleep(Duration::from_millis(10));
        }
        Some(Self { process, url: format!("redis://{address}") })
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        // It keeps nothing that is needed.
        let _ = self.process.kill().and_then(|()| self.process.wait());
    }
}
