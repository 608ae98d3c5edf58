//! What the tasks of an engine share, and tell of themselves.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::ahead::Ahead;
use super::confirmed::Confirmed;
use super::entry::Tip;
use crate::node::Node;
use crate::{EventId, PublishError};

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
    pub(super) outcomes: Outcomes,
    /// Whether one of the tasks has ended.
    is_closed: AtomicBool,
    history: Mutex<Histories>,
    pub(super) ahead: Ahead,
    pub(super) confirmed: Arc<Confirmed>,
}

struct Histories {
    /// What this node has read.
    tip: Tip,
    /// The histories that this node knows to be over.
    past: Vec<u64>,
}

/// How often publishing has failed after it was begun.
#[derive(Default)]
pub(super) struct Outcomes {
    pub(super) refused: AtomicU64,
    pub(super) unknown: AtomicU64,
    pub(super) timed_out: AtomicU64,
}

impl Outcomes {
    pub(super) fn count(&self, outcome: Result<EventId, PublishError>) {
        let counter = match outcome {
            Ok(_) => return,
            Err(PublishError::Unknown) => &self.unknown,
            Err(PublishError::TimedOut) => &self.timed_out,
            Err(_) => &self.refused,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

impl State {
    pub(super) fn new(tip: Tip) -> Self {
        Self {
            connected: AtomicBool::new(true),
            behind: AtomicU64::new(0),
            queued: AtomicUsize::new(0),
            epochs: AtomicU64::new(0),
            outcomes: Outcomes::default(),
            is_closed: AtomicBool::new(false),
            history: Mutex::new(Histories { tip, past: Vec::new() }),
            ahead: Ahead::new(tip.position()),
            confirmed: Arc::new(Confirmed::new(tip.position())),
        }
    }

    /// What this node has read.
    pub(super) fn tip(&self) -> Tip {
        self.histories().tip
    }

    /// Whether this history is known to be over.
    pub(super) fn knows_past(&self, epoch: u64) -> bool {
        self.histories().past.contains(&epoch)
    }

    /// The tail has read up to here, and the node has it.
    pub(super) fn has_read(&self, tip: Tip) {
        self.histories().tip = tip;
        self.confirmed.has_read(tip.position());
    }

    /// The tail has begun anew here.
    pub(super) fn has_restarted(&self, tip: Tip) {
        let mut histories = self.histories();
        if histories.tip.epoch != tip.epoch {
            self.epochs.fetch_add(1, Ordering::Relaxed);
            let over = histories.tip.epoch;
            histories.past.truncate(REMEMBERED - 1);
            histories.past.insert(0, over);
        }
        histories.tip = tip;
        drop(histories);
        self.confirmed.has_restarted(tip.position());
    }

    pub(super) fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::Acquire)
    }

    /// Nothing is published or read any more. Returns whether that is new.
    pub(super) fn close(&self) -> bool {
        let was_open = !self.is_closed.swap(true, Ordering::AcqRel);
        self.connected.store(false, Ordering::Relaxed);
        self.confirmed.close();
        self.ahead.close();
        was_open
    }

    fn histories(&self) -> MutexGuard<'_, Histories> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Closes the hub when it is dropped: with a task of the engine that has panicked, or whose runtime is
/// gone. Then the node's clients are sent away, as they would wait for ever.
pub(super) struct Running {
    pub(super) state: Arc<State>,
    pub(super) node: Arc<Node>,
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.state.close() {
            tracing::error!("the hub is closed: a task has panicked, or its runtime is gone");
            self.node.drain(Duration::ZERO);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::redis::entry::Place;
    use crate::limits::Limits;
    use crate::log::{History, Known};

    #[tokio::test]
    async fn a_task_that_panics_closes_the_hub() {
        let place = Place { time: 0, sequence: 0, token: 0 };
        let state = Arc::new(State::new(Tip { epoch: 1, place }));
        let history = History { epoch: 1, through: 0 };
        let node = Arc::new(Node::new(&Limits::default(), history, Known::nothing(0)));
        let running = Running { state: Arc::clone(&state), node: Arc::clone(&node) };
        let waits = state.ahead.has_reached(EventId { epoch: 1, sequence: 1 });
        let task = tokio::spawn(async move {
            let _running = running;
            panic!("a mistake");
        });
        assert!(task.await.is_err());
        assert!(state.is_closed() && node.drain.has_begun());
        assert!(!waits.await);
    }
}
