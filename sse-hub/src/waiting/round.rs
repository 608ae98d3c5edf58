//! Waking many tasks, without holding up the publisher.

use std::sync::Arc;
use std::task::Waker;

use tokio::task::yield_now;

use super::Waiting;

/// How many are woken before other tasks get a turn.
const CHUNK: usize = 128;

/// Wakes all tasks that are to be woken. If it is dropped before it is done, it wakes the rest
/// then: a runtime that shuts down must not leave the tasks of other runtimes asleep.
pub(super) struct Round {
    waiting: Arc<Waiting>,
    wakers: Box<dyn Iterator<Item = Waker> + Send>,
    is_over: bool,
}

impl Round {
    pub(super) fn new(waiting: Arc<Waiting>) -> Self {
        Self { waiting, wakers: Box::new(std::iter::empty()), is_over: false }
    }

    pub(super) async fn run(mut self) {
        while self.wake_some() {
            yield_now().await;
        }
    }

    /// Whether there may be more.
    fn wake_some(&mut self) -> bool {
        let mut woken = 0;
        while woken < CHUNK {
            match self.next() {
                Some(waker) => waker.wake(),
                None => return false,
            }
            woken += 1;
        }
        true
    }

    fn next(&mut self) -> Option<Waker> {
        loop {
            if let Some(waker) = self.wakers.next() {
                return Some(waker);
            }
            if self.is_over {
                return None;
            }
            match self.waiting.next() {
                Some(list) => self.wakers = Box::new(list.into_wakers()),
                None => self.is_over = true,
            }
        }
    }
}

impl Drop for Round {
    fn drop(&mut self) {
        while self.wake_some() {}
    }
}
