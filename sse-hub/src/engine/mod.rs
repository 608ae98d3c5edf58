//! Engines: what puts the events of a hub in order and keeps them for its nodes.

#[cfg(feature = "file")]
mod file;
mod memory;
#[cfg(feature = "redis")]
mod redis;
#[cfg(any(feature = "file", feature = "redis"))]
mod remote;
mod shared;
#[cfg(test)]
mod tests;

use std::pin::Pin;

#[cfg(feature = "file")]
pub(crate) use file::{address as file_address, connect as connect_file};
pub(crate) use memory::in_memory;
#[cfg(feature = "redis")]
pub(crate) use redis::connect as connect_redis;
#[cfg(feature = "redis")]
pub(crate) use redis::{address, reply};
#[cfg(any(feature = "file", feature = "redis"))]
pub(crate) use remote::Backoff;
pub(crate) use shared::Shared;

use crate::event_id::EventId;
use crate::message::Group;
use crate::publish::Publish;
use crate::stats::Stats;

/// Accepts messages, decides their order, and passes those of all nodes to its own [`Node`](crate::node::Node) in
/// that order, each once, by [`Node::accept`](crate::node::Node::accept). Where an engine has lost events and can't
/// continue, it calls [`Node::restart`](crate::node::Node::restart).
pub(crate) trait Engine: Send + Sync {
    /// Publishes the messages, or queues them, whether or not the returned future is dropped. Its outcome is that of
    /// the last one.
    fn publish(&self, group: Group) -> Publish;

    /// Resolves to whether the engine has an event at this position, which is ahead of the node's own or belongs to
    /// another history. If so, the node will have it soon.
    fn has_reached(&self, position: EventId) -> Pin<Box<dyn Future<Output = bool> + Send>>;

    /// Waits until all that was published before has its outcome.
    fn flush(&self) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(std::future::ready(()))
    }

    /// Returns whether the engine can be reached.
    fn is_connected(&self) -> bool {
        true
    }

    /// Fills in what only the engine knows.
    fn fill_stats(&self, _stats: &mut Stats) {}
}
