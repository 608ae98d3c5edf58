//! The thread that reads the store back, and then writes to it.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::entry;
use super::last_sequences::LastSequences;
use crate::engine::Message;
use crate::limits::Limits;
use crate::log::History;
use crate::node::Node;
use crate::store::{CommitError, Item, Layer, Options, Store, StoreError};
use crate::{EventId, PublishError};

/// How many events are committed at a time.
const BATCH: usize = 10_000;

/// An event on its way, and who waits for its outcome.
pub(super) struct Order {
    pub(super) message: Message,
    pub(super) outcome: oneshot::Sender<Result<EventId, PublishError>>,
    /// Its room in the queue.
    pub(super) room: OwnedSemaphorePermit,
}

/// What the thread tells of itself.
#[derive(Default)]
pub(super) struct State {
    /// Whether the last attempt to write has failed.
    pub(super) fails: AtomicBool,
    /// Events that wait to be written.
    pub(super) queued: AtomicUsize,
}

pub(super) struct Writer {
    pub(super) node: Arc<Node>,
    store: Store,
    folder: PathBuf,
    state: Arc<State>,
    last: LastSequences,
}

impl Writer {
    /// Opens the store, and makes a node of what is in it.
    pub(super) fn open(
        limits: &Limits,
        folder: PathBuf,
        options: &Options,
        layer: Box<dyn Layer>,
        state: Arc<State>,
    ) -> Result<Self, StoreError> {
        let mut begun = None;
        let store = Store::open(&folder, options, layer, |item| match item {
            Item::Begin { id, before, notes } => {
                let last = LastSequences::read(notes)?;
                let history = History { epoch: id, through: before };
                begun = Some((Node::new(limits, history, last.known()), last));
                Some(())
            }
            Item::Record { number, payload } => {
                let (node, last) = begun.as_mut()?;
                let entry = entry::read(payload)?;
                // A clock that was set back makes an event younger, but not for longer than this run.
                let age = Duration::from_millis(now().saturating_sub(entry.time));
                last.note(&entry.topics, number);
                node.append(&entry.topics, entry.event, age);
                Some(())
            }
        })?;
        let (node, last) = begun.expect("a store begins with its ID");
        let mut writer = Self { node: Arc::new(node), store, folder, state, last };
        writer.evict();
        Ok(writer)
    }

    /// Writes until the hub is gone and the queue is empty.
    pub(super) fn run(mut self, received: &mpsc::Receiver<Order>) {
        while let Ok(first) = received.recv() {
            let mut batch = vec![first];
            batch.extend(received.try_iter().take(BATCH - 1));
            self.publish(batch);
            self.evict();
        }
        if let Err(error) = self.store.close() {
            tracing::warn!(%error, "the hub's folder was not closed well");
        }
    }

    fn publish(&mut self, batch: Vec<Order>) {
        match self.commit(&batch) {
            Ok(()) => {
                self.has_failed(None);
                for Order { message, outcome, room } in batch {
                    let id = self.node.append(&message.topics, message.event, Duration::ZERO);
                    self.last.note(&message.topics, id.sequence);
                    self.answer(outcome, room, Ok(id));
                }
                debug_assert_eq!(self.node.position().sequence, self.store.last());
            }
            Err(error) => {
                self.has_failed(Some(error.source()));
                let outcome = match error {
                    CommitError::Refused(_) => PublishError::Refused,
                    CommitError::Unknown(_) => PublishError::Unknown,
                };
                for Order { outcome: to, room, .. } in batch {
                    self.answer(to, room, Err(outcome));
                }
            }
        }
    }

    /// Puts these on the disk.
    fn commit(&mut self, batch: &[Order]) -> Result<(), CommitError> {
        if self.store.is_full() {
            let begun = self.store.begin_segment(&self.last.write());
            begun.map_err(|error| CommitError::Refused(std::io::Error::other(error)))?;
        }
        let now = now();
        for order in batch {
            self.store.push(|bytes| entry::write(bytes, now, &order.message));
        }
        self.store.commit()
    }

    fn answer(
        &self,
        to: oneshot::Sender<Result<EventId, PublishError>>,
        room: OwnedSemaphorePermit,
        outcome: Result<EventId, PublishError>,
    ) {
        self.state.queued.fetch_sub(1, Ordering::Relaxed);
        drop(room);
        // The caller may have dropped the future.
        let _ = to.send(outcome);
    }

    /// Gives back the space of events that the node evicts. A full disk needs it most.
    fn evict(&mut self) {
        self.node.evict_all();
        let through = self.node.log().evicted_through();
        if let Err(error) = self.store.evict(through) {
            tracing::debug!(%error, "space could not be given back");
        }
    }

    fn has_failed(&self, error: Option<&std::io::Error>) {
        let folder = self.folder.display();
        let has_failed = self.state.fails.swap(error.is_some(), Ordering::Relaxed);
        match error {
            Some(error) if !has_failed => {
                tracing::warn!(%error, %folder, "the hub can't write, and refuses events until it can");
            }
            None if has_failed => tracing::info!(%folder, "the hub can write again"),
            _ => {}
        }
    }
}

/// In milliseconds since 1970.
pub(super) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
