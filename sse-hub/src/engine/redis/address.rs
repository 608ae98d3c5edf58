//! Where Redis is, and the hub in it.

use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client};

use crate::error::ConnectError;

type Error = Box<dyn std::error::Error + Send + Sync>;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Where Redis is, and what the hub's keys are called.
#[derive(Clone)]
pub(crate) struct Address {
    client: Client,
    /// The hash with the epoch, the sequence, and the end of the log.
    pub(crate) hub: String,
    /// The stream of events.
    pub(crate) log: String,
    /// The last sequence of each topic.
    pub(crate) topics: String,
    /// What each topic retains.
    pub(crate) retained: String,
}

impl Address {
    /// Takes the URL apart: `prefix` and `ca` in its query are ours, and all else is the client's.
    pub(crate) fn new(url: &str) -> Result<Self, ConnectError> {
        let parse = || {
            let (url, [prefix, ca]) = without(url, ["prefix", "ca"])?;
            let prefix = prefix.unwrap_or_else(|| "sse-hub".to_owned());
            // In a cluster, the text between the first braces decides where a key is, unless it is empty.
            if prefix.is_empty() || prefix.starts_with('}') {
                return Err(format!("`{prefix}` can't be a prefix").into());
            }
            Ok((url, prefix, ca))
        };
        let (url, prefix, ca) = parse().map_err(ConnectError::Address)?;
        let client = client(&url, ca.as_deref())?;
        // One hash slot for all keys, as one script needs them.
        let key = |name: &str| format!("{{{prefix}}}:{name}");
        Ok(Self {
            client,
            hub: key("hub"),
            log: key("log"),
            topics: key("topics"),
            retained: key("retained"),
        })
    }

    /// Returns the key with this name, next to those of the hub.
    pub(crate) fn key(&self, name: &str) -> String {
        let prefix = self.hub.strip_suffix("hub").unwrap_or(&self.hub);
        format!("{prefix}{name}")
    }

    /// Opens a connection without a timeout for answers.
    pub(crate) async fn connect(&self) -> redis::RedisResult<MultiplexedConnection> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT_TIMEOUT))
            // The default is shorter than the tail waits.
            .set_response_timeout(None);
        self.client.get_multiplexed_async_connection_with_config(&config).await
    }
}

/// Returns the client, which connects later.
#[cfg(feature = "redis-tls")]
fn client(url: &str, ca: Option<&str>) -> Result<Client, ConnectError> {
    super::tls::client(url, ca).map_err(ConnectError::Address)
}

#[cfg(not(feature = "redis-tls"))]
fn client(url: &str, ca: Option<&str>) -> Result<Client, ConnectError> {
    if url.starts_with("rediss:") || ca.is_some() {
        return Err(ConnectError::RedisTlsIsOff);
    }
    Client::open(url).map_err(|error| ConnectError::Address(error.into()))
}

/// Removes these parameters from the query of a URL. Returns the rest of the URL, and their values.
fn without<const N: usize>(
    url: &str,
    ours: [&str; N],
) -> Result<(String, [Option<String>; N]), Error> {
    let mut values = [const { None }; N];
    let Some((address, query)) = url.split_once('?') else { return Ok((url.to_owned(), values)) };
    let mut rest = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        match ours.iter().position(|ours| *ours == name) {
            Some(ours) if values[ours].is_none() => values[ours] = Some(decode(value)?),
            Some(_) => return Err(format!("`{name}` is there twice").into()),
            None if name == "protocol" => rest.push(pair),
            None => return Err(format!("`{name}` is not a parameter of a hub").into()),
        }
    }
    let rest = if rest.is_empty() { String::new() } else { format!("?{}", rest.join("&")) };
    Ok((format!("{address}{rest}"), values))
}

/// Decodes `%2F` and the like.
fn decode(text: &str) -> Result<String, Error> {
    let mut pieces = text.split('%');
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        let digits =
            piece.get(..2).filter(|digits| digits.bytes().all(|it| it.is_ascii_hexdigit()));
        let digits = digits.ok_or_else(|| format!("`%{piece}` is not a percent-encoded byte"))?;
        bytes.push(u8::from_str_radix(digits, 16)?);
        bytes.extend_from_slice(&piece.as_bytes()[2..]);
    }
    Ok(String::from_utf8(bytes)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(url: &str) -> String {
        Address::new(url).err().expect("it can't be used").to_string()
    }

    #[test]
    fn what_is_ours_in_the_query_is_taken_out_of_it() {
        let url = "redis://host/1?prefix=chat&protocol=resp3&ca=/a.pem";
        let (rest, values) = without(url, ["prefix", "ca"]).unwrap();
        assert_eq!(rest, "redis://host/1?protocol=resp3");
        assert_eq!(values, [Some("chat".to_owned()), Some("/a.pem".to_owned())]);
        assert_eq!(without("redis://host?ca=/a.pem", ["ca"]).unwrap().0, "redis://host");
        assert_eq!(without("redis://host", ["ca"]).unwrap(), ("redis://host".to_owned(), [None]));
    }

    #[test]
    fn what_is_ours_may_be_percent_encoded() {
        let (_, [ca]) = without("redis://host?ca=%2Fetc%2Four%20own%c3%a9+.pem", ["ca"]).unwrap();
        assert_eq!(ca.unwrap(), "/etc/our own\u{e9}+.pem");
        assert!(refused("redis://host?prefix=50%").contains("percent"));
        assert!(refused("redis://host?prefix=%+1").contains("percent"));
    }

    #[test]
    fn a_parameter_that_would_be_passed_over_is_refused() {
        assert!(refused("redis://host?prefx=chat").contains("`prefx`"));
        assert!(refused("redis://host?prefix=a&prefix=b").contains("twice"));
    }

    #[test]
    fn a_prefix_that_puts_the_keys_into_different_hash_slots_is_refused() {
        assert!(refused("redis://host?prefix=").contains("``"));
        assert!(refused("redis://host?prefix=}chat").contains("`}chat`"));
    }

    #[cfg(not(feature = "redis-tls"))]
    #[test]
    fn tls_names_the_feature_that_it_needs() {
        assert!(refused("rediss://host").contains("`redis-tls`"));
        assert!(refused("redis://host?ca=/a.pem").contains("`redis-tls`"));
    }

    #[test]
    fn all_keys_of_a_hub_are_in_one_hash_slot_and_begin_with_its_prefix() {
        let address = Address::new("redis://127.0.0.1?prefix=chat").unwrap();
        for key in [&address.hub, &address.log, &address.topics, &address.retained] {
            assert!(key.starts_with("{chat}:"), "{key}");
        }
    }
}
