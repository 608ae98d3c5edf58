//! Where events come into an engine.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::queue::{Batches, Outlet, Queue};
use super::status::{Room, Status};
use crate::error::PublishError;
use crate::limits::Limits;
use crate::message::Group;
use crate::node::Node;
use crate::publish::Publish;
use crate::stats::Stats;
use crate::topics::Names;
#[cfg(feature = "file")]
use sse_runtime::Event;

/// How many bytes of events may wait to be sent to the engine, and for its answers.
const QUEUE_BYTES: usize = 16 << 20;
/// About how many bytes an event takes in the queue in addition to its texts.
const ORDER_BYTES: usize = 256;

pub(in crate::engine) struct Intake {
    node: Arc<Node>,
    status: Arc<Status>,
    queue: Arc<Queue>,
    /// How many bytes the queue may have.
    max_bytes: usize,
}

impl Intake {
    /// Creates both ends of the queue.
    pub(in crate::engine) fn new(
        limits: &Limits,
        node: &Arc<Node>,
        status: &Arc<Status>,
        batches: Option<Batches>,
    ) -> (Self, Outlet) {
        let queue = Arc::new(Queue::new(Arc::clone(status), limits.publish_timeout));
        // An event of the largest size has room in any case.
        let largest = limits.max_event_bytes.saturating_add(ORDER_BYTES + Names::MAX_BYTES);
        let intake = Self {
            node: Arc::clone(node),
            status: Arc::clone(status),
            queue: Arc::clone(&queue),
            max_bytes: QUEUE_BYTES.max(largest),
        };
        (intake, Outlet::new(queue, batches))
    }

    pub(in crate::engine) fn publish(&self, group: Group) -> Publish {
        if self.status.is_closed() {
            return Publish::known(Err(PublishError::Closed));
        }
        if let Err(error) = self.node.log().check_room(&group) {
            return Publish::known(Err(error));
        }
        let bytes = group.iter().map(|message| ORDER_BYTES + message.bytes()).sum();
        let room = Room { events: group.len(), bytes };
        if !self.status.take(room, self.max_bytes) {
            return Publish::known(Err(PublishError::QueueFull));
        }
        self.queue.push(group, room)
    }

    /// Ends the subscriptions with this tag, which are all at this node.
    #[cfg(feature = "file")]
    pub(in crate::engine) fn end(&self, tag: &str, last: Event) -> Publish {
        if self.status.is_closed() {
            return Publish::known(Err(PublishError::Closed));
        }
        self.node.end(tag, last);
        Publish::known(Ok(self.node.position()))
    }

    pub(in crate::engine) fn flush(&self) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let flushed = self.queue.flush();
        Box::pin(async { _ = flushed.await })
    }

    pub(in crate::engine) fn is_connected(&self) -> bool {
        self.status.connected.load(Ordering::Relaxed)
    }

    pub(in crate::engine) fn fill_stats(&self, stats: &mut Stats) {
        stats.connected = self.is_connected();
        stats.queued = self.status.queued.load(Ordering::Relaxed);
        let outcomes = &self.status.outcomes;
        stats.refused = outcomes.refused.load(Ordering::Relaxed);
        stats.unknown = outcomes.unknown.load(Ordering::Relaxed);
        stats.timed_out = outcomes.timed_out.load(Ordering::Relaxed);
    }
}

impl Drop for Intake {
    fn drop(&mut self) {
        // What is queued is still published.
        self.queue.close();
    }
}
