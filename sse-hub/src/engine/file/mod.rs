//! The engine for one machine: a store in a folder keeps the log, and one thread writes it.
//!
//! An event is on the disk before its publisher or any client hears of it, so no position that anyone has
//! can be undone by a crash. The thread takes all that is waiting at once, so events that are published
//! at the same time share a sync.

mod address;
mod entry;
mod last_sequences;
#[cfg(test)]
mod tests;
mod writer;

use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, mpsc};
use std::thread;

use tokio::sync::{Semaphore, oneshot};

use super::{Engine, Message};
use crate::limits::Limits;
use crate::node::Node;
use crate::store::{Layer, Options, Os};
use crate::topics::Names;
use crate::{ConnectError, EventId, Hub, Publish, PublishError, Stats, chance, event};
use address::Address;
use writer::{Order, State, Writer};

/// How many bytes of events wait to be written.
const QUEUE_BYTES: usize = 16 << 20;
/// What an event takes in the queue beside its text, about.
const ORDER_BYTES: usize = 256;
/// The size of a segment is a part of what is kept, so that space is given back in small pieces.
const SEGMENTS: usize = 8;
const MIN_SEGMENT: u64 = 64 << 10;
const MAX_SEGMENT: u64 = 16 << 20;

pub(crate) struct File {
    node: Arc<Node>,
    state: Arc<State>,
    orders: mpsc::Sender<Order>,
    room: Arc<Semaphore>,
}

/// Opens the folder, and reads back what is in it.
pub(crate) async fn connect(limits: Limits, url: &str) -> Result<Hub, ConnectError> {
    let address = Address::new(url)?;
    let segment_bytes = (limits.max_bytes / SEGMENTS) as u64;
    open(limits, address, Box::new(Os), segment_bytes.clamp(MIN_SEGMENT, MAX_SEGMENT)).await
}

async fn open(
    limits: Limits,
    address: Address,
    layer: Box<dyn Layer>,
    segment_bytes: u64,
) -> Result<Hub, ConnectError> {
    let engine = |error: Box<dyn std::error::Error + Send + Sync>| ConnectError::Engine(error);
    let (orders, received) = mpsc::channel();
    let (opened, result) = oneshot::channel();
    let state = Arc::<State>::default();
    let run = {
        let (limits, state) = (limits.clone(), Arc::clone(&state));
        let new_id = chance::unique();
        let options = Options { segment_bytes, sync: address.sync, new_id };
        // The disk may take its time, so it gets a thread from the beginning.
        move || match Writer::open(&limits, address.folder, &options, layer, state) {
            Err(error) => _ = opened.send(Err(error)),
            Ok(writer) => {
                // If nobody waits for it any more, nothing is received either.
                _ = opened.send(Ok(Arc::clone(&writer.node)));
                writer.run(&received);
            }
        }
    };
    let thread = thread::Builder::new().name("sse-hub".to_owned()).spawn(run);
    thread.map_err(|error| engine(error.into()))?;
    let node = match result.await {
        Ok(Ok(node)) => node,
        Ok(Err(error)) => return Err(engine(error.into())),
        Err(_) => return Err(engine("the thread that opens the folder has panicked".into())),
    };
    // An event of the largest size has room in any case.
    let room =
        QUEUE_BYTES.max(limits.max_event_bytes.saturating_add(ORDER_BYTES + Names::MAX_BYTES));
    let room = Arc::new(Semaphore::new(room.min(u32::MAX as usize).min(Semaphore::MAX_PERMITS)));
    let engine = File { node: Arc::clone(&node), state, orders, room };
    Ok(Hub::with_engine(limits, node, Box::new(engine)))
}

impl Engine for File {
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
        // If the thread has panicked, the outcome is dropped, which says enough.
        let _ = self.orders.send(Order { message, outcome, room });
        publish
    }

    /// All that there is is at the node.
    fn has_reached(&self, _: EventId) -> Pin<Box<dyn Future<Output = bool> + Send>> {
        Box::pin(std::future::ready(false))
    }

    fn complete(&self, stats: &mut Stats) {
        stats.connected = !self.state.fails.load(Ordering::Relaxed);
        stats.queued = self.state.queued.load(Ordering::Relaxed);
    }
}
