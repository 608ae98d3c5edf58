//! What orders the events of a hub, and keeps them for its nodes.

mod memory;
#[cfg(feature = "redis")]
mod redis;
#[cfg(test)]
mod tests;

use std::pin::Pin;

use sse_runtime::Event;

pub(crate) use memory::Memory;
#[cfg(feature = "redis")]
pub(crate) use redis::connect as connect_redis;

use crate::topics::Names;
use crate::{EventId, Publish, Stats};

/// An event on its way to the engine: within the limits, and without an ID.
pub(crate) struct Message {
    pub(crate) topics: Names,
    pub(crate) event: Event,
}

/// An engine takes messages, sets their order, and feeds its [`Node`](crate::node::Node) all
/// events of all nodes in that order, each once: [`Node::append`](crate::node::Node::append), and
/// [`Node::restart`](crate::node::Node::restart) where it can't continue.
pub(crate) trait Engine: Send + Sync {
    /// Publishes before it returns, or fails, or hands the message to those who will.
    fn publish(&self, message: Message) -> Publish;

    /// Whether the engine has an event at this position, which comes after all that its node has
    /// or belongs to another history.
    /// If so, the node will have it soon.
    fn has_reached(&self, position: EventId) -> Pin<Box<dyn Future<Output = bool> + Send>>;

    /// Adds what only the engine knows.
    fn complete(&self, _stats: &mut Stats) {}
}
