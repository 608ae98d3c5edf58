//! The thread that reads the store back, and then writes to it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::entry::{self, Entry, Neighbours};
use super::notes;
use crate::engine::remote::{Order, Orders, Outcome, Status, set};
use crate::error::PublishError;
use crate::limits::Limits;
use crate::log::Origin;
use crate::node::Node;
use crate::store::clock::{now, passed};
use crate::store::{CommitError, Item, Layer, Options, Store, StoreError};

pub(super) struct Writer {
    pub(super) node: Arc<Node>,
    store: Store,
    folder: PathBuf,
    pub(super) status: Arc<Status>,
    /// Whether the last attempt to write has failed.
    fails: bool,
}

/// Reads the store back into a node.
struct Reader {
    node: Node,
    /// A group whose end has not been read yet.
    group: Vec<Entry>,
}

impl Reader {
    fn take(&mut self, entry: Entry) {
        let Neighbours { before, after } = entry.neighbours;
        if !before {
            self.pass_over_group();
        }
        self.group.push(entry);
        if after {
            return;
        }
        for entry in self.group.drain(..) {
            self.node.accept(entry.message, passed(entry.time));
        }
    }

    /// Passes over a group whose end was never written. Its outcome was told to nobody.
    fn pass_over_group(&mut self) {
        for entry in self.group.drain(..) {
            self.node.pass(passed(entry.time));
        }
    }
}

impl Writer {
    /// Opens the store, and creates a node with what is in it.
    pub(super) fn open(
        limits: &Limits,
        folder: PathBuf,
        options: &Options,
        layer: Box<dyn Layer>,
    ) -> Result<Self, StoreError> {
        let mut begun = None;
        let store = Store::open(&folder, options, layer, |item| match item {
            Item::Begin { id, before, notes } => {
                let origin = Origin { epoch: id, through: before };
                let node = Node::new(limits, origin, notes::read(notes)?);
                begun = Some(Reader { node, group: Vec::new() });
                Some(())
            }
            Item::Record { payload, .. } => {
                begun.as_mut()?.take(entry::read(payload)?);
                Some(())
            }
        })?;
        let mut reader = begun.expect("a store begins with its ID");
        reader.pass_over_group();
        let node = reader.node;
        let status = Arc::new(Status::new());
        let mut writer = Self { node: Arc::new(node), store, folder, status, fails: false };
        writer.evict();
        Ok(writer)
    }

    /// Puts these on the disk, and then passes them to the node.
    pub(super) fn publish(&mut self, batch: &mut Orders) {
        match self.commit(batch) {
            Ok(()) => {
                self.has_failed(None);
                let outcomes = self.append(batch);
                debug_assert_eq!(self.node.position().sequence, self.store.last());
                // The newest first, so that a task that awaits them in order is woken once and not by each.
                outcomes.into_iter().rev().for_each(drop);
            }
            Err(error) => {
                self.has_failed(Some(error.source()));
                let outcome = match error {
                    CommitError::Refused(_) => PublishError::Refused,
                    CommitError::Unknown(_) => PublishError::Unknown,
                };
                set(batch, Err(outcome));
                batch.clear();
            }
        }
        self.evict();
    }

    /// Passes events to the node. Dropping the result tells their outcomes.
    fn append(&mut self, batch: &mut Orders) -> Vec<Outcome> {
        let mut outcomes = Vec::with_capacity(batch.len());
        let mut last = self.node.position();
        let messages = batch.drain(..).flat_map(|Order { group, mut outcome, .. }| {
            last.sequence += group.len() as u64;
            outcome.set(Ok(last));
            outcomes.push(outcome);
            group
        });
        self.node.accept_all(messages);
        outcomes
    }

    /// Puts these on the disk.
    fn commit(&mut self, batch: &Orders) -> Result<(), CommitError> {
        if self.store.is_full() {
            let begun = self.begin_segment();
            begun.map_err(|error| CommitError::Refused(std::io::Error::other(error)))?;
        }
        let now = now();
        for order in batch {
            let last = order.group.len() - 1;
            for (at, message) in order.group.iter().enumerate() {
                let neighbours = Neighbours { before: at > 0, after: at < last };
                self.store.push(|bytes| entry::write(bytes, now, message, neighbours));
            }
        }
        self.store.commit()
    }

    fn begin_segment(&mut self) -> Result<(), StoreError> {
        let notes = notes::write(&self.node.log());
        self.store.begin_segment(&notes)
    }

    /// Returns whether the last attempt to write has failed.
    pub(super) fn fails(&self) -> bool {
        self.fails
    }

    /// Finds out whether the disk can be written to again, by beginning another segment, as the last may be damaged.
    pub(super) fn try_again(&mut self) {
        self.evict();
        match self.begin_segment() {
            Ok(()) => self.has_failed(None),
            Err(error) => tracing::debug!(%error, "the hub still can't write"),
        }
    }

    /// Gives back the space of events that the node evicts. A full disk needs it most.
    fn evict(&mut self) {
        self.node.evict_all();
        let through = self.node.log().evicted_through();
        if let Err(error) = self.store.evict(through) {
            tracing::debug!(%error, "space could not be given back");
        }
    }

    pub(super) fn close(self) {
        if let Err(error) = self.store.close() {
            tracing::warn!(%error, "the hub's folder was not closed well");
        }
    }

    fn has_failed(&mut self, error: Option<&std::io::Error>) {
        if self.fails == error.is_some() {
            return;
        }
        self.fails = error.is_some();
        self.status.connected.store(error.is_none(), Ordering::Relaxed);
        let folder = self.folder.display();
        if let Some(error) = error {
            tracing::warn!(%error, %folder, "the hub can't write, and refuses events until it can");
        } else {
            tracing::info!(%folder, "the hub can write again");
        }
    }
}
