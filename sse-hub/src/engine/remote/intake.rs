//! Where events come into an engine.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

#[cfg(feature = "file")]
use sse_runtime::Event;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::time::Instant;

use super::queue::{Batches, Item, Order, Outcome, Queue, Room};
use super::status::Status;
use crate::error::PublishError;
use crate::limits::Limits;
use crate::message::Group;
use crate::node::Node;
use crate::publish::Publish;
use crate::stats::Stats;
use crate::topics::Names;

/// How many bytes of events may wait to be sent to the engine, and for its answers.
const QUEUE_BYTES: usize = 16 << 20;
/// About how many bytes an event takes in the queue in addition to its texts.
const ORDER_BYTES: usize = 256;

pub(in crate::engine) struct Intake {
    node: Arc<Node>,
    status: Arc<Status>,
    items: mpsc::UnboundedSender<Item>,
    room: Arc<Semaphore>,
    publish_timeout: Duration,
}

impl Intake {
    /// Creates both ends of the queue.
    pub(in crate::engine) fn new(
        limits: &Limits,
        node: &Arc<Node>,
        status: &Arc<Status>,
        batches: Batches,
    ) -> (Self, Queue) {
        let (items, received) = mpsc::unbounded_channel();
        let queue = Queue::new(received, Arc::clone(&status.confirmed), batches);
        // An event of the largest size has room in any case.
        let room =
            QUEUE_BYTES.max(limits.max_event_bytes.saturating_add(ORDER_BYTES + Names::MAX_BYTES));
        let room = room.min(u32::MAX as usize).min(Semaphore::MAX_PERMITS);
        let intake = Self {
            node: Arc::clone(node),
            status: Arc::clone(status),
            items,
            room: Arc::new(Semaphore::new(room)),
            publish_timeout: limits.publish_timeout,
        };
        (intake, queue)
    }

    pub(in crate::engine) fn publish(&self, group: Group) -> Publish {
        if self.status.is_closed() {
            return Publish::known(Err(PublishError::Closed));
        }
        if let Err(error) = self.node.log().check_room(&group) {
            return Publish::known(Err(error));
        }
        let bytes: usize = group.iter().map(|message| ORDER_BYTES + message.bytes()).sum();
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let Ok(permit) = Arc::clone(&self.room).try_acquire_many_owned(bytes) else {
            return Publish::known(Err(PublishError::QueueFull));
        };
        let (told_to, publish) = Publish::pending();
        let events = group.len();
        self.status.queued.fetch_add(events, Ordering::Relaxed);
        let order = Order {
            group,
            outcome: Outcome::new(Arc::clone(&self.status), events, told_to),
            deadline: Instant::now().checked_add(self.publish_timeout),
            room: Room { status: Arc::clone(&self.status), permit, events },
        };
        // If the engine's task is gone, this drops the order, which tells the outcome.
        let _ = self.items.send(Item::Order(order));
        publish
    }

    /// Ends those of this node, which is the only one.
    #[cfg(feature = "file")]
    pub(in crate::engine) fn end(&self, tag: &str, last: Event) -> Publish {
        if self.status.is_closed() {
            return Publish::known(Err(PublishError::Closed));
        }
        self.node.end(tag, last);
        Publish::known(Ok(self.node.position()))
    }

    pub(in crate::engine) fn flush(&self) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let (flush, flushed) = oneshot::channel();
        let _ = self.items.send(Item::Flush(flush));
        Box::pin(async {
            // An error as well: the sender is dropped when its turn comes, or with the task.
            let _ = flushed.await;
        })
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
