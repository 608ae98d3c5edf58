//! When a body may fail after what came before.
//!
//! Servers drop what they have not written yet when a body fails, and some clients drop what
//! they have not looked at yet when a connection does. So a failure waits for what came before.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::budget::SendBudget;
use super::turn::next_turn;
use crate::error::Error;

/// What a consumer does with its chunks, as far as a failure has to know.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    not(all(feature = "actix-web", feature = "http-body")),
    allow(dead_code, reason = "each adapter knows its own")
)]
pub(crate) enum Delivery {
    /// It may keep them: there is nothing to wait for.
    Unknown,
    /// It drops each when it has written it, or has copied it and is about to.
    Writes,
    /// It copies all of them at once, and is woken when it can write.
    Copies,
}

/// How long to wait for a client to read what came before.
const DELIVERY_TIMEOUT: Duration = Duration::from_secs(5);

/// How long after all was written a connection fails: enough for a client to read it.
const QUIET_PERIOD: Duration = Duration::from_millis(100);

/// How often to ask whether a server has flushed.
const INTERVAL: Duration = Duration::from_millis(20);

/// Waits until the failure cuts nothing off, as far as one can know, and returns it.
pub(super) fn after_delivery(
    error: Error,
    delivery: Delivery,
    budget: &SendBudget,
) -> impl Future<Output = Error> + Send + use<> {
    let (unwritten, polls_twice) = (budget.unwritten(), budget.polls_twice());
    async move {
        let delivered = async {
            // A layer that encrypts or buffers has a copy of its own, until it is flushed.
            while !next_turn().await && polls_twice || unwritten.bytes() > 0 {
                sleep(INTERVAL).await;
            }
            match delivery {
                Delivery::Unknown => {}
                Delivery::Writes => sleep(QUIET_PERIOD).await,
                Delivery::Copies => while !is_quiet().await {},
            }
        };
        if delivery == Delivery::Unknown {
            next_turn().await;
        } else {
            _ = timeout(DELIVERY_TIMEOUT, delivered).await;
        }
        error
    }
}

/// Returns whether nothing wakes the task for a while, as a server's progress would.
async fn is_quiet() -> bool {
    let mut quiet = pin!(sleep(QUIET_PERIOD));
    let mut polls = 0;
    poll_fn(|cx| {
        polls += 1;
        match quiet.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(true),
            Poll::Pending if polls > 1 => Poll::Ready(false),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}
