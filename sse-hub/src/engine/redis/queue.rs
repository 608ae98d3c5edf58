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

use super::confirmed::{Confirmed, Waiter};
use super::state::State;
use crate::engine::Message;
use crate::{EventId, PublishError};

/// How many events are sent at a time.
const BATCH: usize = 256;
/// About how many bytes, at most, unless one event has more: over a slow network, the answer must come
/// in time.
const BATCH_BYTES: usize = 256 << 10;

/// An event on its way.
pub(super) struct Order {
    pub(super) message: Message,
    pub(super) outcome: Outcome,
    /// What isn't sent by then never is. `None` is never.
    pub(super) deadline: Option<Instant>,
    pub(super) room: Room,
}

/// An event's room in the queue, until the engine has answered.
pub(super) struct Room {
    pub(super) state: Arc<State>,
    pub(super) permit: OwnedSemaphorePermit,
}

impl Room {
    fn bytes(&self) -> usize {
        self.permit.num_permits()
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.state.queued.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Who waits for an event's outcome: dropping it tells them what is true by then, also if the runtime
/// of the engine's tasks goes away.
pub(super) struct Outcome {
    state: Arc<State>,
    told_to: Option<oneshot::Sender<Result<EventId, PublishError>>>,
    so_far: Result<EventId, PublishError>,
}

impl Outcome {
    /// That of an event which has not been sent.
    pub(super) fn new(
        state: Arc<State>,
        told_to: oneshot::Sender<Result<EventId, PublishError>>,
    ) -> Self {
        Self { state, told_to: Some(told_to), so_far: Err(PublishError::Closed) }
    }

    pub(super) fn set(&mut self, so_far: Result<EventId, PublishError>) {
        self.so_far = so_far;
    }
}

impl Drop for Outcome {
    fn drop(&mut self) {
        self.state.outcomes.count(self.so_far);
        if let Some(told_to) = self.told_to.take() {
            // The caller may have dropped the future.
            let _ = told_to.send(self.so_far);
        }
    }
}

pub(super) enum Item {
    Order(Order),
    /// Asks for a sign when everything before it has its outcome.
    Flush(oneshot::Sender<()>),
}

pub(super) struct Queue {
    received: mpsc::UnboundedReceiver<Item>,
    waiting: VecDeque<Item>,
    confirmed: Arc<Confirmed>,
}

impl Queue {
    pub(super) fn new(received: mpsc::UnboundedReceiver<Item>, confirmed: Arc<Confirmed>) -> Self {
        Self { received, waiting: VecDeque::new(), confirmed }
    }

    /// Waits until there is something to publish. Returns false if nothing will come any more.
    pub(super) async fn fill(&mut self) -> bool {
        if self.waiting.is_empty() {
            let mut items = Vec::with_capacity(BATCH);
            beside(self.confirmed.expire(), self.received.recv_many(&mut items, BATCH)).await;
            self.waiting.extend(items);
        }
        !self.waiting.is_empty()
    }

    /// Waits for this work. Meanwhile, what has waited for too long is told so.
    pub(super) async fn during<T>(&mut self, work: impl Future<Output = T>) -> T {
        let confirmed = Arc::clone(&self.confirmed);
        beside(self.expire(), beside(confirmed.expire(), work)).await
    }

    /// Drops each order that has waited for too long, without end.
    async fn expire(&mut self) -> Infallible {
        let is_order = |item: &Item| matches!(item, Item::Order(_));
        loop {
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

    /// The next orders to send, up to the next flush.
    pub(super) fn batch(&mut self) -> Vec<Order> {
        let (mut batch, mut bytes, now) = (Vec::new(), 0, Instant::now());
        while batch.len() < BATCH && bytes < BATCH_BYTES {
            match self.waiting.pop_front().or_else(|| self.received.try_recv().ok()) {
                Some(Item::Order(mut order)) if order.deadline.is_some_and(|it| it <= now) => {
                    order.outcome.set(Err(PublishError::TimedOut));
                }
                Some(Item::Order(order)) => {
                    bytes += order.room.bytes();
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
    pub(super) fn flush(&mut self, last: EventId, until: Instant) {
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
