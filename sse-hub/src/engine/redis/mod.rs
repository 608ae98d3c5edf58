//! The engine for many processes: a stream of Redis is the order, and keeps the log.
//!
//! Each entry has a token of its own and names that of the entry before, so a node knows whether
//! what it reads continues what it has, even if Redis has lost the end of its history and has
//! numbered other events the same.

pub(crate) mod address;
pub(crate) mod backoff;
mod entry;
mod history;
mod page;
mod publisher;
pub(crate) mod reply;
mod scripts;
mod state;
mod tail;

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use redis::RedisResult;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::AbortHandle;

use super::{Engine, Message};
use crate::limits::Limits;
use crate::log::Known;
use crate::node::Node;
use crate::topics::Names;
use crate::{ConnectError, EventId, Hub, Publish, PublishError, Stats, event};
use address::Address;
use history::Past;
use publisher::{Order, Publisher};
use state::State;
use tail::Tail;

/// How many bytes of events wait to be sent to Redis, and for its answers.
const QUEUE_BYTES: usize = 16 << 20;
/// What an event takes in the queue beside its text, about.
const ORDER_BYTES: usize = 256;

pub(crate) struct Redis {
    node: Arc<Node>,
    state: Arc<State>,
    orders: mpsc::UnboundedSender<Order>,
    room: Arc<Semaphore>,
    tail: AbortHandle,
}

/// Connects, and reads the window back.
pub(crate) async fn connect(limits: Limits, url: &str) -> Result<Hub, ConnectError> {
    let address = Address::new(url)?;
    let read = read(&limits, &address).await;
    let (past, known) = read.map_err(|error| ConnectError::Engine(Box::new(error)))?;
    let node = Arc::new(Node::new(&limits, past.history(), known));
    let engine = Redis::start(&limits, address, &node, past);
    Ok(Hub::with_engine(limits, node, Box::new(engine)))
}

async fn read(limits: &Limits, address: &Address) -> RedisResult<(Past, Known)> {
    let mut connection = address.connect().await?;
    history::read_back(&mut connection, address, limits).await
}

impl Redis {
    fn start(limits: &Limits, address: Address, node: &Arc<Node>, past: Past) -> Self {
        let end = EventId { epoch: past.view.epoch, sequence: past.end().sequence };
        let state = Arc::new(State::new(end));
        let (orders, received) = mpsc::unbounded_channel();
        let publisher = Publisher {
            address: address.clone(),
            node: Arc::clone(node),
            state: Arc::clone(&state),
            window: limits.window,
            orders: received,
            known: end,
        };
        let tail = Tail::new(address, limits.clone(), Arc::clone(node), Arc::clone(&state), past);
        tokio::spawn(publisher.run());
        let tail = tokio::spawn(tail.run()).abort_handle();
        // An event of the largest size has room in any case.
        let room =
            QUEUE_BYTES.max(limits.max_event_bytes.saturating_add(ORDER_BYTES + Names::MAX_BYTES));
        let room = Arc::new(Semaphore::new(room.min(u32::MAX as usize)));
        Self { node: Arc::clone(node), state, orders, room, tail }
    }
}

impl Engine for Redis {
    fn publish(&self, message: Message) -> Publish {
        if !self.node.log().has_room_for(&message.topics) {
            return Publish::known(Err(PublishError::TooManyTopics));
        }
        let bytes = ORDER_BYTES + message.topics.bytes() + event::bytes(&message.event);
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let Ok(room) = Arc::clone(&self.room).try_acquire_many_owned(bytes) else {
            return Publish::known(Err(PublishError::QueueFull));
        };
        let (outcome, publish) = Publish::pending();
        self.state.queued.fetch_add(1, Ordering::Relaxed);
        // If its task is gone with its runtime, the outcome is dropped, which says enough.
        let _ = self.orders.send(Order { message, outcome, room });
        publish
    }

    fn has_reached(&self, position: EventId) -> Pin<Box<dyn Future<Output = bool> + Send>> {
        if self.state.knows_past(position.epoch) {
            return Box::pin(std::future::ready(false));
        }
        Box::pin(state::has_reached(self.state.seen.subscribe(), position))
    }

    fn complete(&self, stats: &mut Stats) {
        stats.connected = self.state.connected.load(Ordering::Relaxed);
        stats.behind = self.state.behind.load(Ordering::Relaxed);
        stats.queued = self.state.queued.load(Ordering::Relaxed);
        stats.epochs = self.state.epochs.load(Ordering::Relaxed);
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        // What is queued is still published.
        self.tail.abort();
    }
}
