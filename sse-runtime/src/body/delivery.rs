//! Delays the failure of a body until what came before it has been delivered.
//!
//! Servers drop what they have not written yet when a body fails, and some clients drop what
//! they have not read yet when a connection fails.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep};

use super::budget::{Delivery, SendBudget};
use super::waking::Waking;
use crate::error::Error;

/// The time from one look, whether everything has been delivered, to the next.
const INTERVAL: Duration = Duration::from_millis(20);

/// The number of looks at which everything has to be written before a connection fails: 100 ms, enough for
/// a client to read it.
const QUIET_LOOKS: u32 = 5;

/// The most looks: for 5 seconds a client may take to read what came before.
const LOOKS: u32 = 250;

/// A failure that waits until it cuts nothing off, as far as one can know.
pub(super) struct Failure {
    pub(super) error: Error,
    next_look: Option<Pin<Box<Sleep>>>,
    looks: u32,
    quiet_looks: u32,
    /// Whether the server polls twice in a turn if it has flushed, as hyper does over HTTP/1.
    polls_twice: bool,
}

impl Failure {
    pub(super) fn new(error: Error) -> Self {
        Self { error, next_look: None, looks: 0, quiet_looks: 0, polls_twice: false }
    }

    /// Ready when the body may fail: in the next turn at the earliest.
    pub(super) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        budget: &mut SendBudget,
        waking: &mut Waking,
    ) -> Poll<()> {
        if self.looks == 0 {
            self.looks = 1;
            self.polls_twice = budget.polls_twice;
            budget.end_turn();
            return budget.poll_ready(cx, waking);
        }
        let delivery = budget.delivery();
        while delivery != Delivery::Unknown && self.looks <= LOOKS && self.quiet_looks < QUIET_LOOKS
        {
            let next_look = self.next_look.get_or_insert_with(|| Box::pin(sleep(INTERVAL)));
            ready!(next_look.as_mut().poll(cx));
            next_look.as_mut().reset(Instant::now() + INTERVAL);
            self.looks += 1;
            let polled = waking.take_polled_in_vain();
            let is_flushed = match delivery {
                // A layer that encrypts or buffers has a copy of its own, until it is flushed.
                Delivery::Writes => polled || !self.polls_twice,
                Delivery::Copies => !polled,
                Delivery::Unknown => true,
            };
            let is_quiet = is_flushed && !budget.has_unwritten();
            self.quiet_looks = if is_quiet { self.quiet_looks + 1 } else { 0 };
        }
        Poll::Ready(())
    }
}
