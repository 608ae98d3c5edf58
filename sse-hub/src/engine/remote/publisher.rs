//! Publishing: one task of a node, many events at a time.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::backoff::Backoff;
use super::queue::{Queue, set};
use super::{Appender, Next};
use crate::PublishError;

/// How long to wait for this node to read an event that the engine has accepted.
pub(in crate::engine) const TO_READ: Duration = Duration::from_secs(5);

/// How long to wait before an engine that fails is tried again if nothing is published.
const BETWEEN_ATTEMPTS: Duration = Duration::from_secs(1);

pub(in crate::engine) struct Publisher<A> {
    pub(in crate::engine) queue: Queue,
    pub(in crate::engine) appender: A,
}

impl<A: Appender> Publisher<A> {
    /// Publishes until the hub is gone and the queue is empty. Returns what it has published with.
    pub(in crate::engine) async fn run(mut self) -> A {
        let mut backoff = Backoff::new();
        while self.fill().await {
            self.queue.flush(self.appender.known(), Instant::now() + TO_READ);
            // First the engine: meanwhile what waits can time out.
            if !self.queue.during(self.appender.ready()).await {
                self.queue.during(backoff.wait()).await;
                continue;
            }
            let mut batch = self.queue.batch();
            if batch.is_empty() {
                continue;
            }
            set(&mut batch, Err(PublishError::Unknown));
            match self.queue.during(self.appender.append(batch)).await {
                Next::GoOn => backoff.reset(),
                Next::Wait => self.queue.during(backoff.wait()).await,
                Next::Again(batch) => self.queue.put_back(batch),
            }
        }
        self.appender
    }

    /// Waits until there is something to publish. Meanwhile, an engine that fails is tried again.
    async fn fill(&mut self) -> bool {
        while self.appender.fails() {
            match timeout(BETWEEN_ATTEMPTS, self.queue.fill()).await {
                Ok(is_filled) => return is_filled,
                Err(_) => self.queue.during(self.appender.try_again()).await,
            }
        }
        self.queue.fill().await
    }
}
