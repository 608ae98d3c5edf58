//! Publishing to Redis, and telling the outcomes.

use std::convert::Infallible;
use std::future::{pending, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use tokio::time::Instant;

use super::appender::{Appended, Appender, BatchOutcome};
use super::confirmed::READ_BACK_TIMEOUT;
use super::state::State;
use crate::engine::remote::{self, Next, Order, Orders, Publisher, Running, set};
use crate::error::PublishError;
use crate::event_id::EventId;

pub(super) struct Publishing {
    pub(super) appender: Appender,
    pub(super) state: Arc<State>,
    pub(super) _running: Running<State>,
}

/// Publishes, and meanwhile tells the outcomes of events that have waited for too long.
pub(super) async fn run(publisher: Publisher<Publishing>) {
    let (queue, state) =
        (Arc::clone(&publisher.outlet.queue), Arc::clone(&publisher.appender.state));
    let expire = async {
        queue.expire().await;
        pending().await
    };
    beside(state.confirmed.expire(), beside(expire, publisher.run())).await;
}

/// Waits for the work, and meanwhile polls the other future, which never ends.
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
        // A subscription that was made before an event is to receive it, and begins where the history was read.
        self.state.has_begun() && Box::pin(self.appender.ready()).await.is_ok()
    }

    async fn append(&mut self, batch: &mut Orders) -> Next {
        match self.appender.append(batch.iter().map(|order| &order.group)).await {
            BatchOutcome::Appended(appended) => {
                self.state.confirm(batch, &appended);
                Next::GoOn
            }
            BatchOutcome::Refused { reconnects } => {
                set(batch, Err(PublishError::Refused));
                if reconnects { Next::Wait } else { Next::GoOn }
            }
            BatchOutcome::NotRun => Next::Again,
            BatchOutcome::Lost => {
                let events = batch.len();
                tracing::warn!(events, "Redis has not answered: outcomes are unknown");
                Next::Wait
            }
        }
    }
}

impl State {
    /// Sets the outcomes of a batch: the first events have been appended, and the others refused.
    fn confirm(&self, batch: &mut Orders, appended: &Appended) {
        let &Appended { tip, count } = appended;
        let now = Instant::now();
        let mut before = tip.place.sequence - count;
        for Order { group, mut outcome, deadline } in batch.drain(..) {
            outcome.free_room();
            let sequence = before + group.len() as u64;
            before = sequence;
            if sequence > tip.place.sequence {
                // If Redis has failed within it, nobody is sent what is there.
                outcome.set(Err(PublishError::Refused));
                continue;
            }
            let event = EventId { epoch: tip.epoch, sequence };
            outcome.set(Ok(event));
            let until = now + READ_BACK_TIMEOUT;
            let until = deadline.map_or(until, |deadline| deadline.min(until));
            self.confirmed.add(event, until, outcome);
        }
    }
}
