//! Errors: of publishing, of topics, of connecting.

use std::error::Error;
use std::fmt;

/// Why an event was not published, or may not have been.
///
/// Except for [`Unknown`](Self::Unknown), no client receives the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PublishError {
    /// The event has an ID. The hub sets the IDs itself.
    HasId,
    /// The topics are not valid.
    Topics(TopicsError),
    /// The event is larger than [`max_event_bytes`](crate::Builder::max_event_bytes).
    TooLarge,
    /// With this event, the log would have more topics than
    /// [`max_topics`](crate::Builder::max_topics) allows.
    TooManyTopics,
    /// The topics would [retain](crate::Hub::retain) more than
    /// [`max_retained`](crate::Builder::max_retained) allows.
    TooMuchRetained,
    /// The queue to the engine is full, because the engine is slow or can't be reached.
    QueueFull,
    /// The engine refused the event: Redis is out of memory, read-only, or still loading its data, or the disk is
    /// full or fails.
    Refused,
    /// The engine's answer was lost. The event may have been published, or may still be, once an engine that
    /// hangs goes on.
    ///
    /// The hub doesn't try again, because clients could then receive the event twice.
    Unknown,
    /// The event waited for longer than [`publish_timeout`](crate::Builder::publish_timeout) to be sent to
    /// the engine. It has not been published, and will not be.
    TimedOut,
    /// The hub is [closed](crate::Hub::close), or the runtime in which it was connected is gone, or one of
    /// its tasks has panicked. The event has not been published.
    Closed,
}

impl fmt::Display for PublishError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::HasId => "the event has an ID, but IDs are set by the hub",
            Self::Topics(error) => return error.fmt(f),
            Self::TooLarge => "the event is larger than the hub's settings allow",
            Self::TooManyTopics => "the hub has as many topics as its settings allow",
            Self::TooMuchRetained => "the hub's topics retain as much as its settings allow",
            Self::QueueFull => "the queue to the hub's engine is full",
            Self::Refused => "the hub's engine refused the event",
            Self::Unknown => {
                "the answer of the hub's engine was lost: the event may have been published"
            }
            Self::TimedOut => "the hub's engine could not be reached in time",
            Self::Closed => "the hub is closed",
        })
    }
}

impl Error for PublishError {}

impl From<TopicsError> for PublishError {
    fn from(error: TopicsError) -> Self {
        Self::Topics(error)
    }
}

/// Why the topics of an event or of a subscription are not valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TopicsError {
    /// There are no topics.
    None,
    /// There are more than 128 topics.
    TooMany,
    /// The name of a topic is empty.
    Empty,
    /// The name of a topic has more than 255 bytes.
    TooLong,
}

impl fmt::Display for TopicsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "no topic",
            Self::TooMany => "more than 128 topics",
            Self::Empty => "an empty topic",
            Self::TooLong => "a topic of more than 255 bytes",
        })
    }
}

impl Error for TopicsError {}

/// Why [`Hub::connect`](crate::Hub::connect) failed.
#[derive(Debug)]
#[non_exhaustive]
pub enum ConnectError {
    /// The URL doesn't begin with `memory:`, `file:`, `redis:` or `rediss:`.
    Scheme,
    /// The URL names a folder, but the feature `file` of the crate `sse-hub` is not enabled.
    FileIsOff,
    /// The URL names a Redis, but the feature `redis` of the crate `sse-hub` is not enabled.
    RedisIsOff,
    /// The URL names a Redis over TLS, but the feature `redis-tls` of the crate `sse-hub` is not enabled.
    RedisTlsIsOff,
    /// The URL can't be used: it is malformed, has a parameter that the engine doesn't know, or names a
    /// certificate file that can't be read.
    Address(Box<dyn Error + Send + Sync>),
    /// The engine can't be reached, or refused the connection; or the folder can't be used, because it isn't one,
    /// can't be written to, is damaged, or is in use by another hub.
    Engine(Box<dyn Error + Send + Sync>),
    /// The hub or the runs are in a format, with this number, of another version of this crate.
    Format(u64),
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scheme => "the URL doesn't begin with `memory:`, `file:`, `redis:` or `rediss:`",
            Self::FileIsOff => {
                "a folder needs the feature `file`: \
                 add `features = [\"file\"]` to `sse-hub` in Cargo.toml"
            }
            Self::RedisIsOff => {
                "Redis needs the feature `redis`: \
                 add `features = [\"redis\"]` to `sse-hub` in Cargo.toml"
            }
            Self::RedisTlsIsOff => {
                "Redis over TLS needs the feature `redis-tls`: \
                 add `features = [\"redis-tls\"]` to `sse-hub` in Cargo.toml"
            }
            Self::Address(error) => return write!(f, "the address can't be used: {error}"),
            Self::Engine(error) => return write!(f, "the engine can't be used: {error}"),
            Self::Format(format) => {
                return write!(f, "format {format} is unknown to this version of `sse-hub`");
            }
        })
    }
}

impl Error for ConnectError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Address(error) | Self::Engine(error) => Some(&**error),
            Self::Scheme
            | Self::FileIsOff
            | Self::RedisIsOff
            | Self::RedisTlsIsOff
            | Self::Format(_) => None,
        }
    }
}
