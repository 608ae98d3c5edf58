//! When a body may end after what came before.
//!
//! Servers drop what they have not written yet when a body fails, and some clients drop what
//! they have not looked at yet when a connection does. So a failure waits for what came before.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::in_flight::{InFlight, Tracked};
use super::turn::next_turn;
use crate::Error;

/// How long to wait for a client to read what came before.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long a connection must be quiet before it fails: enough for a server to write what it has
/// copied, and for a client to read it.
const HEAD_START: Duration = Duration::from_millis(100);

/// How often to ask whether a server has flushed.
const INTERVAL: Duration = Duration::from_millis(20);

/// The failure, when it cuts nothing off, as far as one can know.
pub(super) async fn after_delivery(
    error: Error,
    in_flight: InFlight,
    polls_twice: bool,
) -> Option<Error> {
    if in_flight.tracked() == Tracked::Nothing {
        next_turn().await;
    } else {
        let delivered = async {
            flushed(in_flight, polls_twice).await;
            while !is_quiet().await {}
        };
        _ = timeout(PATIENCE, delivered).await;
    }
    Some(error)
}

/// Nothing, or a failure if the client doesn't read what came before: without it, a server that
/// shuts down would wait for that client.
pub(super) async fn unless_unread(in_flight: InFlight) -> Option<Error> {
    if !in_flight.has_dropped_any() {
        return None;
    }
    let read = timeout(PATIENCE, poll_fn(|cx| in_flight.poll_others_dropped(cx))).await;
    read.err().map(|_| Error::new("the client did not read the stream before the shutdown"))
}

async fn flushed(in_flight: InFlight, polls_twice: bool) {
    poll_fn(|cx| in_flight.poll_dropped(cx)).await;
    // A layer that encrypts or buffers has a copy of its own, until it is flushed.
    while polls_twice && !next_turn().await {
        sleep(INTERVAL).await;
    }
}

/// Whether nothing wakes the task for a while, as a server's progress would.
async fn is_quiet() -> bool {
    let mut quiet = pin!(sleep(HEAD_START));
    let mut polls = 0;
    poll_fn(|cx| {
        polls += 1;
        match quiet.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(true),
            // A second poll within the same turn, which hyper does, is no progress.
            Poll::Pending if polls > 2 => Poll::Ready(false),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}
