//! Where Redis is, and the hub in it.

use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, TlsCertificates};
use rustls::crypto::{CryptoProvider, ring};

use crate::ConnectError;

const TO_CONNECT: Duration = Duration::from_secs(5);

/// Where Redis is, and what the hub's keys are called.
#[derive(Clone)]
pub(crate) struct Address {
    client: Client,
    /// What counts: the epoch, the sequence, and the end of the log.
    pub(crate) hub: String,
    /// The stream of events.
    pub(crate) log: String,
    /// The last sequence of each topic.
    pub(crate) topics: String,
}

impl Address {
    /// Takes the URL apart: `prefix` and `ca` in its query are ours, and all else is the client's.
    pub(crate) fn new(url: &str) -> Result<Self, ConnectError> {
        let (url, prefix) = without(url, "prefix");
        let (url, ca) = without(&url, "ca");
        let client = client(&url, ca).map_err(ConnectError::Address)?;
        // One hash slot for all keys, as one script needs them.
        let prefix = prefix.unwrap_or_else(|| "sse-hub".to_owned());
        let key = |name: &str| format!("{{{prefix}}}:{name}");
        Ok(Self { client, hub: key("hub"), log: key("log"), topics: key("topics") })
    }

    /// The key with this name, beside those of the hub.
    pub(crate) fn key(&self, name: &str) -> String {
        let prefix = self.hub.strip_suffix("hub").unwrap_or(&self.hub);
        format!("{prefix}{name}")
    }

    /// A new connection, on which an answer may take as long as it takes.
    pub(crate) async fn connect(&self) -> redis::RedisResult<MultiplexedConnection> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(TO_CONNECT))
            // By default it is shorter than the tail waits.
            .set_response_timeout(None);
        self.client.get_multiplexed_async_connection_with_config(&config).await
    }
}

fn client(
    url: &str,
    ca: Option<String>,
) -> Result<Client, Box<dyn std::error::Error + Send + Sync>> {
    if url.starts_with("rediss:") && CryptoProvider::get_default().is_none() {
        // Whoever else is faster has chosen one, which is as good.
        let _ = ring::default_provider().install_default();
    }
    let Some(ca) = ca else { return Ok(Client::open(url)?) };
    let root_cert = Some(std::fs::read(&ca).map_err(|error| format!("{ca}: {error}"))?);
    Ok(Client::build_with_tls(url, TlsCertificates { client_tls: None, root_cert })?)
}

/// The URL without this parameter of its query, and the parameter.
fn without(url: &str, name: &str) -> (String, Option<String>) {
    let Some((address, query)) = url.split_once('?') else { return (url.to_owned(), None) };
    let is_it = |pair: &&str| pair.split_once('=').is_some_and(|(key, _)| key == name);
    let value = query.split('&').find(is_it).and_then(|pair| pair.split_once('='));
    let rest: Vec<_> = query.split('&').filter(|pair| !is_it(pair)).collect();
    let url =
        if rest.is_empty() { address.to_owned() } else { format!("{address}?{}", rest.join("&")) };
    (url, value.map(|(_, value)| value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_ours_in_the_query_is_taken_out_of_it() {
        let url = "redis://host/1?prefix=chat&protocol=resp3";
        let expected = ("redis://host/1?protocol=resp3".to_owned(), Some("chat".to_owned()));
        assert_eq!(without(url, "prefix"), expected);
        assert_eq!(without("redis://host?ca=/a.pem", "ca").0, "redis://host");
        assert_eq!(without("redis://host", "ca"), ("redis://host".to_owned(), None));
    }

    #[test]
    fn all_keys_of_a_hub_are_in_one_hash_slot_and_begin_with_its_prefix() {
        let address = Address::new("redis://127.0.0.1?prefix=chat").unwrap();
        for key in [&address.hub, &address.log, &address.topics] {
            assert!(key.starts_with("{chat}:"), "{key}");
        }
    }
}
