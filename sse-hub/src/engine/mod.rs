//! Engines: what puts the events of a hub in order and keeps them for its nodes.

#[cfg(feature = "file")]
mod file;
mod memory;
#[cfg(feature = "redis")]
mod redis;
#[cfg(any(feature = "file", feature = "redis"))]
mod remote;
#[cfg(test)]
mod tests;

use std::pin::Pin;

use sse_runtime::Event;

#[cfg(feature = "file")]
pub(crate) use file::{address as file_address, connect as connect_file};
pub(crate) use memory::Memory;
#[cfg(feature = "redis")]
pub(crate) use redis::connect as connect_redis;
#[cfg(feature = "redis")]
pub(crate) use redis::{address, reply};
#[cfg(any(feature = "file", feature = "redis"))]
pub(crate) use remote::Backoff;

#[cfg(any(feature = "file", feature = "redis"))]
use crate::event;
use crate::topics::Names;
use crate::{EventId, Publish, Stats};

/// What is on its way to the engine, to have its place in the order. The event is within the limits and has no ID.
pub(crate) struct Message {
    pub(crate) topics: Names,
    pub(crate) event: Event,
    pub(crate) kind: Kind,
}

/// Messages that have their places one after another: all of them, or none.
pub(crate) struct Group {
    pub(crate) first: Message,
    pub(crate) rest: Vec<Message>,
}

impl Group {
    pub(crate) fn of(message: Message) -> Self {
        Self { first: message, rest: Vec::new() }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Message> {
        std::iter::once(&self.first).chain(&self.rest)
    }

    #[cfg(any(feature = "file", feature = "redis"))]
    pub(crate) fn len(&self) -> usize {
        1 + self.rest.len()
    }
}

impl IntoIterator for Group {
    type Item = Message;
    type IntoIter = std::iter::Chain<std::iter::Once<Message>, std::vec::IntoIter<Message>>;

    fn into_iter(self) -> Self::IntoIter {
        std::iter::once(self.first).chain(self.rest)
    }
}

pub(crate) enum Kind {
    /// An event for its topics.
    Event,
    /// The same, which they retain.
    Retained,
    /// This topic retains nothing any more. The event is empty, and has no topics.
    Forget(Box<str>),
    /// The last event of the subscriptions with this tag. It has no topics.
    End(Box<str>),
}

impl Message {
    pub(crate) fn event(topics: Names, event: Event) -> Self {
        Self { topics, event, kind: Kind::Event }
    }

    pub(crate) fn forget(topic: &str) -> Self {
        let kind = Kind::Forget(topic.into());
        Self { topics: Names::none(), event: Event::empty(), kind }
    }

    pub(crate) fn end(tag: &str, last: Event) -> Self {
        Self { topics: Names::none(), event: last, kind: Kind::End(tag.into()) }
    }

    /// What its texts take, about.
    #[cfg(any(feature = "file", feature = "redis"))]
    fn bytes(&self) -> usize {
        let name = match &self.kind {
            Kind::Event | Kind::Retained => 0,
            Kind::Forget(name) | Kind::End(name) => name.len(),
        };
        self.topics.bytes() + event::bytes(&self.event) + name
    }
}

/// An engine accepts messages, decides their order, and passes all events of all nodes to its
/// [`Node`](crate::node::Node) in that order, each once, by
/// [`Node::append`](crate::node::Node::append). Where it has lost events and can't continue, it calls
/// [`Node::restart`](crate::node::Node::restart).
pub(crate) trait Engine: Send + Sync {
    /// Publishes the messages, or queues them to be published even if the returned future is dropped. The outcome is
    /// that of the last one.
    fn publish(&self, group: Group) -> Publish;

    /// Whether the engine has an event at this position. The position is ahead of the node's own, or
    /// belongs to another history. If the engine has it, the node will have it soon.
    fn has_reached(&self, position: EventId) -> Pin<Box<dyn Future<Output = bool> + Send>>;

    /// Waits until all that was published before has its outcome.
    fn flush(&self) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(std::future::ready(()))
    }

    /// Whether the engine can be reached.
    fn is_connected(&self) -> bool {
        true
    }

    /// Fills in what only the engine knows.
    fn complete(&self, _stats: &mut Stats) {}
}
