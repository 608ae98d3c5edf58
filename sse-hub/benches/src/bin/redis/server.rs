//! A Redis of the measurement's own, which keeps nothing on disk.

use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use benches::group::Group;
use redis::aio::MultiplexedConnection;
use redis::{Client, cmd};
use tokio::time::sleep;

use crate::Result;

pub(crate) struct Server {
    port: u16,
    process: Child,
    _group: Group,
}

impl Server {
    pub(crate) async fn start() -> Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        // Debian's package of the tools has the server under this name.
        let mut command = Command::new("redis-check-rdb");
        command.arg0("redis-server").args(["--bind", "127.0.0.1", "--save", "", "--port"]);
        let group = Group::new();
        let process = group.add(command.arg(port.to_string())).stdout(Stdio::null()).spawn()?;
        let server = Self { port, process, _group: group };
        for _ in 0..1000 {
            if server.connect().await.is_ok() {
                return Ok(server);
            }
            sleep(Duration::from_millis(10)).await;
        }
        Err("Redis does not start".into())
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    async fn connect(&self) -> Result<MultiplexedConnection> {
        connect(&self.url()).await
    }

    /// Sums up what it says of itself in these lines.
    async fn sum(&self, section: &str, names: &[&str]) -> Result<f64> {
        let mut connection = self.connect().await?;
        let info: String = cmd("INFO").arg(section).query_async(&mut connection).await?;
        let lines = info.lines().filter_map(|line| line.trim().split_once(':'));
        let values = lines.filter(|(name, _)| names.contains(name));
        values.map(|(_, value)| Ok(value.parse::<f64>()?)).sum()
    }

    /// Microseconds of CPU time.
    pub(crate) async fn cpu(&self) -> Result<f64> {
        Ok(self.sum("cpu", &["used_cpu_user", "used_cpu_sys"]).await? * 1e6)
    }

    /// Bytes sent.
    pub(crate) async fn sent(&self) -> Result<f64> {
        self.sum("stats", &["total_net_output_bytes"]).await
    }

    /// Bytes of memory.
    pub(crate) async fn memory(&self) -> Result<f64> {
        self.sum("memory", &["used_memory"]).await
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A connection on which an answer may take as long as it takes.
pub(crate) async fn connect(url: &str) -> Result<MultiplexedConnection> {
    let config = redis::AsyncConnectionConfig::new().set_response_timeout(None);
    Ok(Client::open(url)?.get_multiplexed_async_connection_with_config(&config).await?)
}
