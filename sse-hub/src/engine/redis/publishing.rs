//! Publishing to Redis, and telling the outcomes.

use std::sync::Arc;

use tokio::time::Instant;

use super::appender::{Answer, Appended, Appender};
use super::state::State;
use crate::engine::remote::{self, Next, Order, READ_BACK_TIMEOUT, Running, Waiter, set};
use crate::error::PublishError;
use crate::event_id::EventId;

pub(super) struct Publishing {
    pub(super) appender: Appender,
    pub(super) state: Arc<State>,
    pub(super) _running: Running<State>,
}

impl remote::Appender for Publishing {
    async fn ready(&mut self) -> bool {
        // A subscription that was made before an event is to receive it, and begins where the history was read.
        self.state.has_begun() && Box::pin(self.appender.ready()).await.is_ok()
    }

    async fn append(&mut self, mut batch: Vec<Order>) -> Next {
        match self.appender.append(batch.iter().map(|order| &order.group)).await {
            Answer::Appended(appended) => {
                self.state.confirm(batch, &appended);
                Next::GoOn
            }
            Answer::Refused { reconnects } => {
                set(&mut batch, Err(PublishError::Refused));
                if reconnects { Next::Wait } else { Next::GoOn }
            }
            Answer::NotRun => Next::Again(batch),
            Answer::Lost => {
                let events = batch.len();
                tracing::warn!(events, "Redis has not answered: outcomes are unknown");
                Next::Wait
            }
        }
    }

    fn known(&self) -> EventId {
        self.appender.known().position()
    }
}

impl State {
    /// Sets the outcomes of a batch: the first events have been appended, and the others refused.
    fn confirm(&self, batch: Vec<Order>, appended: &Appended) {
        let &Appended { tip, count } = appended;
        let now = Instant::now();
        let mut before = tip.place.sequence - count;
        for order in batch {
            let Order { group, mut outcome, deadline, .. } = order;
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
            self.status.confirmed.add(event, until, Waiter::Publisher(outcome));
        }
    }
}
