//! Why an event isn't published, and why a hub can't be connected.

use std::error::Error;
use std::fmt;

/// Why an event was not published, or may not have been.
///
/// With all of these but [`Unknown`](Self::Unknown) no client receives the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PublishError {
    /// The event has an ID: the hub sets the IDs.
    HasId,
    /// The topics can't be published to.
    Topics(TopicsError),
    /// The event is larger than [`max_event_bytes`](crate::Builder::max_event_bytes).
    TooLarge,
    /// As many topics as [`max_topics`](crate::Builder::max_topics) have events in the log, and
    /// this would be one more.
    TooManyTopics,
    /// The queue to the engine is full: the engine is slow or out of reach.
    QueueFull,
    /// The engine doesn't take it: it is out of memory, read-only, or still loading.
    Refused,
    /// The engine's answer was lost: the event may have been published, or not.
    ///
    /// The hub doesn't try again, since clients could then receive the event twice.
    Unknown,
}

impl fmt::Display for PublishError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::HasId => "an event that is published can't have an ID of its own",
            Self::Topics(error) => return error.fmt(f),
            Self::TooLarge => "the event is larger than the hub allows",
            Self::TooManyTopics => "the hub has as many topics as it allows",
            Self::QueueFull => "the queue to the hub's engine is full",
            Self::Refused => "the hub's engine doesn't take the event",
            Self::Unknown => "the answer of the hub's engine was lost",
        })
    }
}

impl Error for PublishError {}

impl From<TopicsError> for PublishError {
    fn from(error: TopicsError) -> Self {
        Self::Topics(error)
    }
}

/// What is wrong with the topics of an event or of a subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TopicsError {
    /// There is no topic.
    None,
    /// There are more than 128 topics.
    TooMany,
    /// A topic is empty.
    Empty,
    /// A topic has more than 255 bytes.
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
    /// The URL begins with none of `memory:`, `redis:` and `rediss:`.
    Scheme,
    /// The URL is one of Redis, and the feature `redis` of the crate `sse-hub` is off.
    RedisIsOff,
    /// The URL, or the file of certificates that it names, can't be used.
    Address(Box<dyn Error + Send + Sync>),
    /// The engine can't be reached, or doesn't let this process in.
    Engine(Box<dyn Error + Send + Sync>),
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scheme => "the URL of a hub begins with `memory:`, `redis:` or `rediss:`",
            Self::RedisIsOff => {
                "a hub on Redis needs the feature `redis`: \
                 add `features = [\"redis\"]` to `sse-hub` in Cargo.toml"
            }
            Self::Address(error) => return write!(f, "the hub's address: {error}"),
            Self::Engine(error) => return write!(f, "the hub's engine: {error}"),
        })
    }
}

impl Error for ConnectError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Address(error) | Self::Engine(error) => Some(&**error),
            Self::Scheme | Self::RedisIsOff => None,
        }
    }
}
