//! The engine for many processes: a stream of Redis is the order, and keeps the log.
//!
//! Each entry has a token of its own and names that of the entry before, so a node knows whether
//! what it reads continues what it has, even if Redis has lost the end of its history and has
//! numbered other events the same.

pub(crate) mod address;
mod ahead;
mod appender;
pub(crate) mod backoff;
mod confirmed;
mod continuity;
mod entry;
mod history;
mod known;
mod page;
mod publisher;
mod queue;
pub(crate) mod reply;
mod scripts;
mod state;
mod tail;

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use redis::RedisResult;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::{Engine, Message};
use crate::limits::Limits;
use crate::log::Known;
use crate::node::Node;
use crate::topics::Names;
use crate::{ConnectError, EventId, Hub, Publish, PublishError, Stats, event};
use address::Address;
use appender::Appender;
use history::Past;
use publisher::Publisher;
use queue::{Item, Order, Outcome, Queue, Room};
use scripts::{FORMAT, look};
use state::{Running, State};
use tail::Tail;

/// How many bytes of events wait to be sent to Redis, and for its answers.
const QUEUE_BYTES: usize = 16 << 20;
/// What an event takes in the queue beside its text, about.
const ORDER_BYTES: usize = 256;

pub(crate) struct Redis {
    node: Arc<Node>,
    state: Arc<State>,
    items: mpsc::UnboundedSender<Item>,
    room: Arc<Semaphore>,
    publish_timeout: Duration,
    tail: AbortHandle,
}

/// Connects, and reads the window back.
pub(crate) async fn connect(limits: Limits, url: &str) -> Result<Hub, ConnectError> {
    let address = Address::new(url)?;
    let engine = |error| ConnectError::Engine(Box::new(error));
    let format = format(&address).await.map_err(engine)?;
    if format != FORMAT {
        return Err(ConnectError::Format(format));
    }
    let (past, known) = read(&limits, &address).await.map_err(engine)?;
    let node = Arc::new(Node::new(&limits, past.history(), known));
    let engine = Redis::start(&limits, address, &node, past);
    Ok(Hub::with_engine(limits, node, Box::new(engine)))
}

/// The format of what is there, which is ours if nothing was.
async fn format(address: &Address) -> RedisResult<u64> {
    let mut connection = reply::in_time(address.connect()).await?;
    Ok(reply::in_time(look(&mut connection, address)).await?.format)
}

async fn read(limits: &Limits, address: &Address) -> RedisResult<(Past, Known)> {
    let mut connection = reply::in_time(address.connect()).await?;
    history::read_back(&mut connection, address, limits).await
}

impl Redis {
    fn start(limits: &Limits, address: Address, node: &Arc<Node>, past: Past) -> Self {
        let state = Arc::new(State::new(past.end()));
        let running = || Running { state: Arc::clone(&state), node: Arc::clone(node) };
        let (items, received) = mpsc::unbounded_channel();
        let publisher = Publisher {
            queue: Queue::new(received, Arc::clone(&state.confirmed)),
            appender: Appender::new(address.clone(), Arc::clone(&state), limits),
            state: Arc::clone(&state),
            running: running(),
        };
        let tail = Tail::new(address, limits.clone(), Arc::clone(node), running(), past);
        tokio::spawn(publisher.run());
        let tail = tokio::spawn(tail.run()).abort_handle();
        // An event of the largest size has room in any case.
        let room =
            QUEUE_BYTES.max(limits.max_event_bytes.saturating_add(ORDER_BYTES + Names::MAX_BYTES));
        let room =
            Arc::new(Semaphore::new(room.min(u32::MAX as usize).min(Semaphore::MAX_PERMITS)));
        let publish_timeout = limits.publish_timeout;
        Self { node: Arc::clone(node), state, items, room, publish_timeout, tail }
    }
}

impl Engine for Redis {
    fn publish(&self, message: Message) -> Publish {
        if self.state.is_closed() {
            return Publish::known(Err(PublishError::Closed));
        }
        if !self.node.log().has_room_for(&message.topics) {
            return Publish::known(Err(PublishError::TooManyTopics));
        }
        let bytes = ORDER_BYTES + message.topics.bytes() + event::bytes(&message.event);
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let Ok(permit) = Arc::clone(&self.room).try_acquire_many_owned(bytes) else {
            return Publish::known(Err(PublishError::QueueFull));
        };
        let (told_to, publish) = Publish::pending();
        self.state.queued.fetch_add(1, Ordering::Relaxed);
        let order = Order {
            message,
            outcome: Outcome::new(Arc::clone(&self.state), told_to),
            deadline: Instant::now().checked_add(self.publish_timeout),
            room: Room { state: Arc::clone(&self.state), permit },
        };
        // If its task is gone, the order is dropped, which tells the outcome.
        let _ = self.items.send(Item::Order(order));
        publish
    }

    fn flush(&self) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let (flush, flushed) = oneshot::channel();
        let _ = self.items.send(Item::Flush(flush));
        Box::pin(async {
            // It is dropped when its turn has come, or with its task.
            let _ = flushed.await;
        })
    }

    fn has_reached(&self, position: EventId) -> Pin<Box<dyn Future<Output = bool> + Send>> {
        if self.state.is_closed() || self.state.knows_past(position.epoch) {
            return Box::pin(std::future::ready(false));
        }
        Box::pin(self.state.ahead.has_reached(position))
    }

    fn complete(&self, stats: &mut Stats) {
        stats.connected = self.state.connected.load(Ordering::Relaxed);
        stats.behind = self.state.behind.load(Ordering::Relaxed);
        stats.queued = self.state.queued.load(Ordering::Relaxed);
        stats.epochs = self.state.epochs.load(Ordering::Relaxed);
        let outcomes = &self.state.outcomes;
        stats.refused = outcomes.refused.load(Ordering::Relaxed);
        stats.unknown = outcomes.unknown.load(Ordering::Relaxed);
        stats.timed_out = outcomes.timed_out.load(Ordering::Relaxed);
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        // What is queued is still published.
        self.state.close();
        self.tail.abort();
    }
}
