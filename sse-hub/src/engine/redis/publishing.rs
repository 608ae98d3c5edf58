//! Publishing to Redis: what comes of a batch.

use std::convert::Infallible;
use std::future::{pending, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use tokio::time::Instant;

use super::appender::{Answer, Appended, Appender};
use super::confirmed::TO_READ;
use super::state::State;
use crate::engine::remote::{self, Next, Order, Orders, Publisher, Running, set};
use crate::error::PublishError;
use crate::event_id::EventId;

pub(super) struct Publishing {
    pub(super) appender: Appender,
    pub(super) state: Arc<State>,
    pub(super) _running: Running<State>,
}

/// Publishes, and meanwhile tells those who have waited for too long.
pub(super) async fn run(publisher: Publisher<Publishing>) {
    let (queue, state) =
        (Arc::clone(&publisher.outlet.queue), Arc::clone(&publisher.appender.state));
    let expire = async {
        queue.expire().await;
        pending().await
    };
    beside(state.confirmed.expire(), beside(expire, publisher.run())).await;
}

/// Waits for the work, while the other goes on, which has no end.
async fn beside<T>(other: impl Future<Output = Infallible>, work: impl Future<Output = T>) -> T {
    let (mut other, mut work) = (pin!(other), pin!(work));
    poll_fn(|cx| {
        let done = work.as_mut().poll(cx);
        if done.is_pending() {
            let Poll::Pending = other.as_mut().poll(cx);
        }
        done
    })
    .await
}

impl remote::Appender for Publishing {
    async fn ready(&mut self) -> bool {
        Box::pin(self.appender.ready()).await.is_ok()
    }

    async fn append(&mut self, batch: &mut Orders) -> Next {
        let messages = batch.iter().flat_map(|order| order.group.iter());
        match self.appender.append(messages).await {
            Answer::Appended(appended) => {
                self.state.confirm(batch, &appended);
                Next::GoOn
            }
            Answer::Refused { reconnects } => {
                set(batch, Err(PublishError::Refused));
                if reconnects { Next::Wait } else { Next::GoOn }
            }
            Answer::NotRun => Next::Again,
            Answer::Lost => {
                let events = batch.len();
                tracing::warn!(events, "Redis has not answered: outcomes are unknown");
                Next::Wait
            }
        }
    }
}

impl State {
    /// Of these, the first have been appended, and the others refused.
    fn confirm(&self, batch: &mut Orders, appended: &Appended) {
        let &Appended { tip, count } = appended;
        let now = Instant::now();
        let mut before = tip.place.sequence - count;
        for Order { group, mut outcome, deadline } in batch.drain(..) {
            outcome.free_room();
            let (first, sequence) = (before + 1, before + group.len() as u64);
            before = sequence;
            if sequence > tip.place.sequence {
                // It is refused as a whole, unless Redis has failed within it.
                let is_whole = first > tip.place.sequence;
                let error = if is_whole { PublishError::Refused } else { PublishError::Unknown };
                outcome.set(Err(error));
                continue;
            }
            let event = EventId { epoch: tip.epoch, sequence };
            outcome.set(Ok(event));
            let until = now + TO_READ;
            let until = deadline.map_or(until, |deadline| deadline.min(until));
            self.confirmed.add(event, until, outcome);
        }
    }
}
