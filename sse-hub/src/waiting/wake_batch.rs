//! Waking many tasks without holding up the publisher.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Waker;

use tokio::task::yield_now;

use super::Taken;
use super::list::List;

/// How many tasks are woken before other tasks of the runtime get a turn.
const CHUNK: usize = 128;

/// Wakes all tasks that were taken. If it is dropped before it is done, it wakes the rest then: a
/// runtime that shuts down must not leave the tasks of other runtimes asleep.
pub(super) struct WakeBatch {
    wakers: Box<dyn Iterator<Item = Waker> + Send>,
}

impl WakeBatch {
    pub(super) fn new(Taken { lists, ahead }: Taken) -> Self {
        let listed = lists.into_iter().flat_map(List::into_wakers);
        Self { wakers: Box::new(listed.chain(ahead)) }
    }

    pub(super) async fn run(mut self) {
        while self.wake_some() {
            yield_now().await;
        }
    }

    /// Returns whether there may be more.
    fn wake_some(&mut self) -> bool {
        self.wakers.by_ref().take(CHUNK).map(wake).count() == CHUNK
    }
}

fn wake(waker: Waker) {
    regardless_of_panics(|| waker.wake());
}

/// Calls a waker, whose executor may panic: the other tasks are woken all the same, and the publisher gets its
/// outcome.
pub(crate) fn regardless_of_panics(wake: impl FnOnce()) {
    let _ = catch_unwind(AssertUnwindSafe(wake));
}

impl Drop for WakeBatch {
    fn drop(&mut self) {
        while self.wake_some() {}
    }
}
