//! What the tasks of an engine tell of themselves.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;

use crate::EventId;

/// How many histories that are over a node remembers.
const REMEMBERED: usize = 16;

pub(super) struct State {
    /// Whether the tail reads.
    pub(super) connected: AtomicBool,
    /// How many events Redis had that this node did not, when it last looked.
    pub(super) behind: AtomicU64,
    /// Events that wait to be sent to Redis, or for its answer.
    pub(super) queued: AtomicUsize,
    /// How often a new history began.
    pub(super) epochs: AtomicU64,
    /// The histories that this node knows to be over.
    past: Mutex<Vec<u64>>,
    /// What the tail has seen of Redis' history.
    pub(super) seen: watch::Sender<Seen>,
}

/// Where Redis' history was, at least.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    pub(super) end: EventId,
    /// How often the tail has looked.
    pub(super) looks: u64,
}

impl State {
    pub(super) fn new(end: EventId) -> Self {
        Self {
            connected: AtomicBool::new(true),
            behind: AtomicU64::new(0),
            queued: AtomicUsize::new(0),
            epochs: AtomicU64::new(0),
            past: Mutex::default(),
            seen: watch::Sender::new(Seen { end, looks: 0 }),
        }
    }

    /// Remembers that this history is over.
    pub(super) fn is_over(&self, epoch: u64) {
        self.epochs.fetch_add(1, Ordering::Relaxed);
        let mut past = self.past.lock().unwrap_or_else(PoisonError::into_inner);
        past.truncate(REMEMBERED - 1);
        past.insert(0, epoch);
    }

    /// Whether this history is known to be over.
    pub(super) fn knows_past(&self, epoch: u64) -> bool {
        self.past.lock().unwrap_or_else(PoisonError::into_inner).contains(&epoch)
    }

    /// The tail has read up to here. That wakes nobody: whoever waits for a position is woken by its node
    /// when that has it.
    pub(super) fn has_read(&self, end: EventId) {
        self.seen.send_if_modified(|seen| {
            let is_later = seen.end.epoch != end.epoch || seen.end.sequence < end.sequence;
            if is_later {
                seen.end = end;
            }
            false
        });
    }

    pub(super) fn has_looked(&self, end: EventId) {
        self.seen.send_modify(|seen| *seen = Seen { end, looks: seen.looks + 1 });
    }
}

/// Waits until Redis has this position, or until the tail has looked whether it has, in a look
/// that began after this one began to wait. So clients never ask Redis themselves.
pub(super) async fn has_reached(mut seen: watch::Receiver<Seen>, position: EventId) -> bool {
    let has_it = |end: EventId| end.epoch == position.epoch && end.sequence >= position.sequence;
    let looks = seen.borrow().looks;
    // One look may have begun before.
    let last = seen.wait_for(|seen| has_it(seen.end) || seen.looks > looks + 1).await;
    last.is_ok_and(|seen| has_it(seen.end))
}
