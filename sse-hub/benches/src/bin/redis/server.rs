//! A Redis of the measurement's own, which keeps nothing on disk.

use hub_benches::redis_server::RedisServer;
use redis::aio::MultiplexedConnection;
use redis::{Client, cmd};

use crate::Result;

pub(crate) struct Server(RedisServer);

impl Server {
    pub(crate) fn start() -> Result<Self> {
        Ok(Self(RedisServer::start(&[]).map_err(|error| error.to_string())?))
    }

    pub(crate) fn url(&self) -> String {
        self.0.url()
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

/// A connection on which an answer may take as long as it takes.
pub(crate) async fn connect(url: &str) -> Result<MultiplexedConnection> {
    let config = redis::AsyncConnectionConfig::new().set_response_timeout(None);
    Ok(Client::open(url)?.get_multiplexed_async_connection_with_config(&config).await?)
}
