//! What the engine's tasks share.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::ahead::Ahead;
use super::confirmed::Confirmed;
use super::entry::Tip;
use crate::engine::remote::{Close, Outcome, Status};

/// How many past histories a node remembers.
const REMEMBERED: usize = 16;

pub(super) struct State {
    pub(super) status: Arc<Status>,
    pub(super) confirmed: Confirmed<Outcome>,
    /// How many events Redis had that this node did not, when it last looked.
    pub(super) behind: AtomicU64,
    /// How often a new history began.
    pub(super) epochs: AtomicU64,
    history: Mutex<Histories>,
    pub(super) ahead: Ahead,
}

struct Histories {
    /// The last event that this node has read.
    tip: Tip,
    /// Epochs that this node has left, the latest first.
    past: Vec<u64>,
}

impl State {
    pub(super) fn new(tip: Tip) -> Self {
        Self {
            status: Arc::new(Status::new()),
            confirmed: Confirmed::new(tip.position()),
            behind: AtomicU64::new(0),
            epochs: AtomicU64::new(0),
            history: Mutex::new(Histories { tip, past: Vec::new() }),
            ahead: Ahead::new(tip.position()),
        }
    }

    /// Returns the last event that this node has read.
    pub(super) fn tip(&self) -> Tip {
        self.histories().tip
    }

    /// Returns whether this node has read a history.
    pub(super) fn has_begun(&self) -> bool {
        self.tip() != Tip::NONE
    }

    /// Returns whether this history is known to be over.
    pub(super) fn knows_past(&self, epoch: u64) -> bool {
        self.histories().past.contains(&epoch)
    }

    /// Notes that the tail has read up to here, and that the node has it.
    pub(super) fn has_read(&self, tip: Tip) {
        self.histories().tip = tip;
        self.confirmed.has_read(tip.position());
    }

    /// Counts a new history, before a client is told of it.
    pub(super) fn count_if_new(&self, epoch: u64) {
        let tip = self.tip();
        if tip != Tip::NONE && tip.epoch != epoch {
            self.epochs.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Notes that the tail has begun anew here.
    pub(super) fn has_restarted(&self, tip: Tip) {
        let mut histories = self.histories();
        if histories.tip.epoch != tip.epoch {
            let over = histories.tip.epoch;
            histories.past.truncate(REMEMBERED - 1);
            histories.past.insert(0, over);
        }
        histories.tip = tip;
        drop(histories);
        self.confirmed.has_restarted(tip.position());
    }

    fn histories(&self) -> MutexGuard<'_, Histories> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Close for State {
    fn close(&self) -> bool {
        let was_open = self.status.close();
        self.confirmed.close();
        self.ahead.close();
        was_open
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::redis::entry::Place;
    use crate::engine::remote::Running;
    use crate::event_id::EventId;
    use crate::limits::Limits;
    use crate::log::{KnownTopics, Origin};
    use crate::node::Node;

    #[tokio::test]
    async fn a_task_that_panics_closes_the_hub() {
        let place = Place { time: 0, sequence: 0, token: 0 };
        let state = Arc::new(State::new(Tip { epoch: 1, place }));
        let origin = Origin { epoch: 1, through: 0 };
        let node = Arc::new(Node::new(&Limits::default(), origin, KnownTopics::nothing(0)));
        let running = Running { state: Arc::clone(&state), node: Arc::clone(&node) };
        let waits = state.ahead.has_reached(EventId { epoch: 1, sequence: 1 });
        let task = tokio::spawn(async move {
            let _running = running;
            panic!("a mistake");
        });
        assert!(task.await.is_err());
        assert!(state.status.is_closed() && node.drain.has_begun());
        assert!(!waits.await);
    }
}
