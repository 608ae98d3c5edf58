//! Publishing: one task of a node, many events at a time.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::appender::{Answer, Appended, Appender};
use super::backoff::Backoff;
use super::confirmed::Waiter;
use super::queue::{Order, Queue};
use super::state::{Running, State};
use crate::{EventId, PublishError};

/// How long to wait for this node to read an event that the engine has accepted.
const TO_READ: Duration = Duration::from_secs(5);

pub(super) struct Publisher {
    pub(super) queue: Queue,
    pub(super) appender: Appender,
    pub(super) state: Arc<State>,
    pub(super) running: Running,
}

impl Publisher {
    /// Publishes until the hub is gone and the queue is empty.
    pub(super) async fn run(mut self) {
        let _running = self.running;
        let mut backoff = Backoff::new();
        while self.queue.fill().await {
            self.queue.flush(self.appender.known().position(), Instant::now() + TO_READ);
            // First the connection: meanwhile what waits can time out.
            if self.queue.during(Box::pin(self.appender.ready())).await.is_err() {
                self.queue.during(backoff.wait()).await;
                continue;
            }
            let mut batch = self.queue.batch();
            if batch.is_empty() {
                continue;
            }
            set(&mut batch, Err(PublishError::Unknown));
            let messages = batch.iter().map(|order| &order.message);
            match self.queue.during(self.appender.append(messages)).await {
                Answer::Appended(appended) => {
                    backoff.reset();
                    self.state.confirm(batch, appended);
                }
                Answer::Refused { reconnects } => {
                    set(&mut batch, Err(PublishError::Refused));
                    drop(batch);
                    if reconnects {
                        self.queue.during(backoff.wait()).await;
                    }
                }
                Answer::NotRun => self.queue.put_back(batch),
                Answer::Lost => {
                    let events = batch.len();
                    tracing::warn!(events, "Redis has not answered: outcomes are unknown");
                    drop(batch);
                    self.queue.during(backoff.wait()).await;
                }
            }
        }
    }
}

/// Says what is true of these if nothing else becomes known.
fn set(batch: &mut [Order], so_far: Result<EventId, PublishError>) {
    for order in batch {
        order.outcome.set(so_far);
    }
}

impl State {
    /// Of these, the first have been appended, and the others refused.
    fn confirm(&self, batch: Vec<Order>, appended: Appended) {
        let Appended { tip, count } = appended;
        let now = Instant::now();
        let first = tip.place.sequence + 1 - count;
        for (order, sequence) in batch.into_iter().zip(first..) {
            let Order { mut outcome, deadline, .. } = order;
            if sequence > tip.place.sequence {
                outcome.set(Err(PublishError::Refused));
                continue;
            }
            let event = EventId { epoch: tip.epoch, sequence };
            outcome.set(Ok(event));
            let until = now + TO_READ;
            let until = deadline.map_or(until, |deadline| deadline.min(until));
            self.confirmed.add(event, until, Waiter::Publisher(outcome));
        }
    }
}
