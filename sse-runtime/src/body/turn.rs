//! Turns of the runtime: what lets other tasks run.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use tokio::task::yield_now;

/// The next turn of a task, which comes after other tasks have had theirs.
///
/// Being polled again is not enough to know that it has come: hyper polls a pending body for a
/// second time within the same turn if it could flush everything in between.
#[derive(Default)]
pub(super) struct NextTurn {
    announced: Option<Arc<Announced>>,
    polls: usize,
}

struct Announced {
    has_come: AtomicBool,
    task: Waker,
}

impl Wake for Announced {
    fn wake(self: Arc<Self>) {
        self.has_come.store(true, Ordering::Release);
        self.task.wake_by_ref();
    }
}

impl NextTurn {
    /// Ready when the turn has come. Tells whether the task was polled twice in the turn before.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<bool> {
        match &self.announced {
            Some(turn) if turn.has_come.load(Ordering::Acquire) => {
                let Self { polls, .. } = std::mem::take(self);
                return Poll::Ready(polls > 1);
            }
            Some(turn) if turn.task.will_wake(cx.waker()) => {}
            _ => self.announce(cx),
        }
        self.polls += 1;
        Poll::Pending
    }

    fn announce(&mut self, cx: &Context<'_>) {
        let turn = Announced { has_come: AtomicBool::new(false), task: cx.waker().clone() };
        let turn = Arc::new(turn);
        let waker = Waker::from(turn.clone());
        // Its first poll hands the waker to the runtime, and no more than that is needed.
        _ = pin!(yield_now()).poll(&mut Context::from_waker(&waker));
        self.announced = Some(turn);
    }
}

/// Waits for the next turn. Tells whether the task was polled twice in this one.
pub(super) async fn next_turn() -> bool {
    let mut next = NextTurn::default();
    poll_fn(|cx| next.poll(cx)).await
}
