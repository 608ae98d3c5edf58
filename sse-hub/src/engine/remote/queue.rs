//! What waits to be published, with a deadline for each, and who waits for the outcome.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::{pending, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Poll;

use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use tokio::time::{Instant, sleep_until};

use super::confirmed::{Confirmed, READ_BACK_TIMEOUT, Waiter};
use super::status::Status;
use crate::error::PublishError;
use crate::event_id::EventId;
use crate::message::Group;

/// How much is sent at a time.
#[derive(Clone, Copy)]
pub(in crate::engine) struct Batches {
    pub(in crate::engine) events: usize,
    /// About how many bytes, at most, unless one event has more.
    pub(in crate::engine) bytes: usize,
}

/// An event on its way, or several that are published as one.
pub(in crate::engine) struct Order {
    pub(in crate::engine) group: Group,
    /// Dropped before the outcome is told.
    pub(in crate::engine) room: Room,
    pub(in crate::engine) outcome: Outcome,
    /// What isn't sent by then never is. `None` is never.
    pub(in crate::engine) deadline: Option<Instant>,
}

/// An event's room in the queue, until the engine has answered.
pub(in crate::engine) struct Room {
    pub(super) status: Arc<Status>,
    pub(super) permit: OwnedSemaphorePermit,
    pub(super) events: usize,
}

impl Room {
    fn bytes(&self) -> usize {
        self.permit.num_permits()
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.status.queued.fetch_sub(self.events, Ordering::Relaxed);
    }
}

/// An outcome to be told to its publisher: dropping it tells what is known by then, even if it is dropped because
/// the runtime of the engine's tasks ends.
pub(in crate::engine) struct Outcome {
    status: Arc<Status>,
    /// How many events it is the outcome of.
    events: usize,
    told_to: Option<oneshot::Sender<Result<EventId, PublishError>>>,
    so_far: Result<EventId, PublishError>,
}

impl Outcome {
    /// Creates the outcome of events that have not been sent.
    pub(super) fn new(
        status: Arc<Status>,
        events: usize,
        told_to: oneshot::Sender<Result<EventId, PublishError>>,
    ) -> Self {
        Self { status, events, told_to: Some(told_to), so_far: Err(PublishError::Closed) }
    }

    pub(in crate::engine) fn set(&mut self, so_far: Result<EventId, PublishError>) {
        self.so_far = so_far;
    }
}

impl Drop for Outcome {
    fn drop(&mut self) {
        self.status.outcomes.count(self.so_far, self.events);
        if let Some(told_to) = self.told_to.take() {
            // The caller may have dropped the future.
            let _ = told_to.send(self.so_far);
        }
    }
}

#[allow(clippy::large_enum_variant, reason = "nearly all are orders")]
pub(super) enum Item {
    Order(Order),
    /// Is dropped when everything before it has its outcome.
    Flush(oneshot::Sender<()>),
}

pub(in crate::engine) struct Queue {
    received: mpsc::UnboundedReceiver<Item>,
    /// Empty between calls: only its memory is kept.
    arriving: Vec<Item>,
    waiting: VecDeque<Item>,
    confirmed: Arc<Confirmed>,
    batches: Batches,
}

impl Queue {
    pub(super) fn new(
        received: mpsc::UnboundedReceiver<Item>,
        confirmed: Arc<Confirmed>,
        batches: Batches,
    ) -> Self {
        let (arriving, waiting) = (Vec::new(), VecDeque::new());
        Self { received, arriving, waiting, confirmed, batches }
    }

    /// Waits until there is something to publish. Returns false if nothing will come any more.
    pub(super) async fn fill(&mut self) -> bool {
        if self.waiting.is_empty() {
            let Self { received, arriving, confirmed, batches, .. } = self;
            beside(confirmed.expire(), received.recv_many(arriving, batches.events)).await;
            self.waiting.extend(arriving.drain(..));
        }
        !self.waiting.is_empty()
    }

    /// Waits for this work, which sends what was taken from the queue. Meanwhile, what has waited for too long is
    /// told so.
    pub(super) async fn during<T>(&mut self, work: impl Future<Output = T>) -> T {
        let confirmed = Arc::clone(&self.confirmed);
        beside(self.expire(None), beside(confirmed.expire(), work)).await
    }

    /// Does the same for work that sends nothing. So the flushes before which nothing waits any more are passed on
    /// too. `last` is the last position that the engine is known to have.
    pub(super) async fn before<T>(&mut self, last: EventId, work: impl Future<Output = T>) -> T {
        let confirmed = Arc::clone(&self.confirmed);
        beside(self.expire(Some(last)), beside(confirmed.expire(), work)).await
    }

    /// Drops each order that has waited for too long, and never ends. If nothing is being sent, the position is the
    /// last that the engine is known to have, and flushes that have waited for these orders are passed on.
    async fn expire(&mut self, nothing_sent_after: Option<EventId>) -> Infallible {
        let is_order = |item: &Item| matches!(item, Item::Order(_));
        loop {
            if let Some(last) = nothing_sent_after {
                self.flush(last);
            }
            let Some(first) = self.waiting.iter().position(is_order) else {
                match self.received.recv().await {
                    Some(next) => self.waiting.push_back(next),
                    None => return pending().await,
                }
                continue;
            };
            match self.waiting[first] {
                Item::Order(Order { deadline: Some(deadline), .. }) => sleep_until(deadline).await,
                _ => pending().await,
            }
            if let Some(Item::Order(mut order)) = self.waiting.remove(first) {
                order.outcome.set(Err(PublishError::TimedOut));
            }
        }
    }

    /// Takes the next orders to send, up to the next flush.
    pub(super) fn batch(&mut self) -> Vec<Order> {
        let most = self.waiting.len().min(self.batches.events);
        let (mut batch, mut bytes, now) = (Vec::with_capacity(most), 0, Instant::now());
        let mut events = 0;
        while events < self.batches.events && bytes < self.batches.bytes {
            match self.waiting.pop_front().or_else(|| self.received.try_recv().ok()) {
                Some(Item::Order(mut order)) if order.deadline.is_some_and(|it| it <= now) => {
                    order.outcome.set(Err(PublishError::TimedOut));
                }
                Some(Item::Order(order)) => {
                    bytes += order.room.bytes();
                    events += order.room.events;
                    batch.push(order);
                }
                Some(flush @ Item::Flush(_)) => {
                    self.waiting.push_front(flush);
                    break;
                }
                None => break,
            }
        }
        batch
    }

    /// Passes on the flushes before which nothing waits to be sent.
    pub(super) fn flush(&mut self, last: EventId) {
        let until = Instant::now() + READ_BACK_TIMEOUT;
        while let Some(Item::Flush(_)) = self.waiting.front() {
            if let Some(Item::Flush(flush)) = self.waiting.pop_front() {
                self.confirmed.add(last, until, Waiter::Flush(flush));
            }
        }
    }

    /// Puts back what was not sent.
    pub(super) fn put_back(&mut self, batch: Vec<Order>) {
        for mut order in batch.into_iter().rev() {
            order.outcome.set(Err(PublishError::Closed));
            self.waiting.push_front(Item::Order(order));
        }
    }
}

/// Sets the outcome that these have unless another one becomes known.
pub(in crate::engine) fn set(batch: &mut [Order], so_far: Result<EventId, PublishError>) {
    for order in batch {
        order.outcome.set(so_far);
    }
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
