//! Turns of the runtime: what lets other tasks run.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use tokio::task::yield_now;

use super::waking::Flag;

/// The next turn of a task, which comes after other tasks have had theirs.
///
/// Being polled again is not enough to know that it has come: hyper polls a pending body for a
/// second time within the same turn if it could flush everything in between.
#[derive(Default)]
pub(super) struct YieldNow {
    has_come: Option<Arc<Flag>>,
    polls: usize,
}

impl YieldNow {
    /// Ready when the turn has come. Tells whether the task was polled twice in the turn before.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<bool> {
        if let Some(turn) = &self.has_come {
            turn.set_task(cx.waker());
            if turn.is_set() {
                self.has_come = None;
                return Poll::Ready(std::mem::take(&mut self.polls) > 1);
            }
        } else {
            let turn = Flag::new(cx.waker().clone());
            let waker = Waker::from(turn.clone());
            // Its first poll hands the waker to the runtime, and no more than that is needed.
            _ = pin!(yield_now()).poll(&mut Context::from_waker(&waker));
            self.has_come = Some(turn);
        }
        self.polls += 1;
        Poll::Pending
    }
}

/// Waits for the next turn. Tells whether the task was polled twice in this one.
pub(super) async fn next_turn() -> bool {
    let mut next = YieldNow::default();
    poll_fn(|cx| next.poll(cx)).await
}
