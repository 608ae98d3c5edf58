//! The queue of events that wait to be published, with a deadline for each.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, oneshot};
use tokio::time::{Instant, timeout_at};

use super::outcome::Outcome;
use super::period::Period;
use super::status::{Room, Status};
use crate::error::PublishError;
use crate::event_id::EventId;
use crate::message::Group;
use crate::publish::Publish;

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
    pub(in crate::engine) outcome: Outcome,
    /// What isn't sent by then never is. `None` is never.
    pub(in crate::engine) deadline: Option<Instant>,
}

/// Orders, the oldest first. The memory of a batch that has been published is used for the next one.
pub(in crate::engine) type Orders = VecDeque<Order>;

/// For how many orders memory is kept between batches.
const KEPT: usize = 1 << 14;

pub(in crate::engine) struct Queue {
    state: Mutex<State>,
    publish_timeout: Duration,
    /// Wakes the publisher when there is something to publish, or nothing will come any more.
    filled: Notify,
    /// Wakes whoever watches the deadlines.
    used: Notify,
}

struct State {
    waiting: Orders,
    /// The period of what is published now.
    period: Arc<Period>,
    is_closed: bool,
    watch: Watch,
}

/// What whoever watches the deadlines knows, so that it isn't woken for each event.
enum Watch {
    /// It sleeps until it is told of the next event.
    Sleeps,
    /// It looks again before the next event can be too late.
    Looks,
    /// It looks again in time, and there has been an event since it last looked.
    HasMissed,
}

/// When to look for expired deadlines again.
enum Look {
    At(Instant),
    OnceUsed,
    Never,
}

impl Queue {
    pub(super) fn new(status: Arc<Status>, publish_timeout: Duration) -> Self {
        let state = State {
            waiting: Orders::new(),
            period: Arc::new(Period::new(status)),
            is_closed: false,
            watch: Watch::Sleeps,
        };
        let (filled, used) = (Notify::new(), Notify::new());
        Self { state: Mutex::new(state), publish_timeout, filled, used }
    }

    /// Adds events. If the queue is closed, they aren't published, and their outcome says so.
    pub(super) fn push(&self, group: Group, room: Room) -> Publish {
        let (told_to, publish) = Publish::pending();
        let mut state = self.lock();
        let outcome = Outcome::new(Arc::clone(&state.period), told_to, room);
        // Under the lock, so that deadlines are in the order of the queue.
        let deadline = Instant::now().checked_add(self.publish_timeout);
        let order = Order { group, outcome, deadline };
        if state.is_closed {
            drop(state);
            drop(order);
            return publish;
        }
        let was_empty = state.waiting.is_empty();
        state.waiting.push_back(order);
        let watch = std::mem::replace(&mut state.watch, Watch::HasMissed);
        drop(state);
        if was_empty {
            self.filled.notify_one();
        }
        if matches!(watch, Watch::Sleeps) {
            self.used.notify_one();
        }
        publish
    }

    /// Returns a signal that everything that was published before has its outcome.
    pub(super) fn flush(&self) -> oneshot::Receiver<()> {
        let mut state = self.lock();
        let (next, flushed) = state.period.end();
        let before = std::mem::replace(&mut state.period, next);
        drop(state);
        drop(before);
        flushed
    }

    /// Closes the queue: it takes no more events. Those that wait can still be published.
    pub(super) fn close(&self) {
        self.lock().is_closed = true;
        self.filled.notify_one();
        self.used.notify_one();
    }

    /// Tells the outcomes of events that have waited for too long. Ends when nothing waits and nothing will come.
    pub(in crate::engine) async fn expire(&self) {
        loop {
            match self.drop_expired() {
                Look::At(instant) => _ = timeout_at(instant, self.used.notified()).await,
                Look::OnceUsed => self.used.notified().await,
                Look::Never => break,
            }
        }
    }

    /// Drops what has waited for too long, and returns when to look again.
    fn drop_expired(&self) -> Look {
        let now = Instant::now();
        let mut state = self.lock();
        let expired = state.take_expired(now);
        let at = |deadline: Option<_>| deadline.map_or(Look::OnceUsed, Look::At);
        let next = match (state.waiting.front(), &state.watch) {
            (Some(first), _) => at(first.deadline),
            (None, _) if state.is_closed => Look::Never,
            (None, Watch::HasMissed) => {
                state.watch = Watch::Looks;
                at(now.checked_add(self.publish_timeout))
            }
            (None, _) => {
                state.watch = Watch::Sleeps;
                Look::OnceUsed
            }
        };
        drop(state);
        tell_expired(expired);
        next
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Returns whether there is something to publish; `None` as long as something may still come.
    fn is_filled(&self) -> Option<bool> {
        let is_filled = !self.waiting.is_empty();
        (is_filled || self.is_closed).then_some(is_filled)
    }

    fn take_expired(&mut self, now: Instant) -> Orders {
        let is_expired = |order: &Order| order.deadline.is_some_and(|deadline| deadline <= now);
        let mut expired = Orders::new();
        while self.waiting.front().is_some_and(is_expired) {
            expired.extend(self.waiting.pop_front());
        }
        expired
    }
}

fn tell_expired(mut expired: Orders) {
    set(&mut expired, Err(PublishError::TimedOut));
}

/// The end of the queue from which batches are taken. When it is dropped, what waits isn't published, and the outcomes say
/// so.
pub(in crate::engine) struct Outlet {
    pub(in crate::engine) queue: Arc<Queue>,
    /// How much to take at a time; `None` for everything.
    batches: Option<Batches>,
}

impl Outlet {
    pub(super) fn new(queue: Arc<Queue>, batches: Option<Batches>) -> Self {
        Self { queue, batches }
    }

    /// Waits until there is something to publish. Returns `false` if nothing will come any more.
    pub(super) async fn fill(&mut self) -> bool {
        loop {
            if let Some(is_filled) = self.queue.lock().is_filled() {
                return is_filled;
            }
            self.queue.filled.notified().await;
        }
    }

    /// Takes the next orders to send into this batch, which is empty.
    pub(super) fn take(&mut self, batch: &mut Orders) {
        batch.shrink_to(KEPT);
        let mut state = self.queue.lock();
        let expired = state.take_expired(Instant::now());
        match self.batches {
            None => std::mem::swap(&mut state.waiting, batch),
            Some(batches) => {
                let count = batches.count(&state.waiting);
                batch.extend(state.waiting.drain(..count));
            }
        }
        drop(state);
        tell_expired(expired);
    }

    /// Puts back what was not sent.
    pub(super) fn put_back(&mut self, batch: &mut Orders) {
        set(batch, Err(PublishError::Closed));
        let mut state = self.queue.lock();
        while let Some(last) = batch.pop_back() {
            state.waiting.push_front(last);
        }
    }
}

impl Drop for Outlet {
    fn drop(&mut self) {
        self.queue.close();
        let waiting = std::mem::take(&mut self.queue.lock().waiting);
        drop(waiting);
    }
}

impl Batches {
    /// Returns how many of these make a batch.
    fn count(self, waiting: &Orders) -> usize {
        let (mut events, mut bytes) = (0, 0);
        let fits = |order: &&Order| {
            let fits = events < self.events && bytes < self.bytes;
            let room = order.outcome.room();
            (events, bytes) = (events + room.events, bytes + room.bytes);
            fits
        };
        waiting.iter().take_while(fits).count()
    }
}

/// Sets the outcome that these have unless another one becomes known.
pub(in crate::engine) fn set(batch: &mut Orders, so_far: Result<EventId, PublishError>) {
    for order in batch {
        order.outcome.set(so_far);
    }
}

#[cfg(test)]
mod tests {
    use sse_runtime::Event;
    use tokio::time::sleep;

    use super::*;
    use crate::message::Message;
    use crate::topics::Names;

    const TIMEOUT: Duration = Duration::from_secs(10);

    fn queue() -> Arc<Queue> {
        Arc::new(Queue::new(Arc::new(Status::new()), TIMEOUT))
    }

    fn push(queue: &Queue) -> Publish {
        let topics = Names::new(&"a").expect("a topic");
        let room = Room { events: 1, bytes: 1 };
        assert!(queue.lock().period.status.take(room, usize::MAX));
        queue.push(Group::of(Message::event(topics, Event::data("x"))), room)
    }

    #[tokio::test(start_paused = true)]
    async fn what_waits_times_out_however_long_nothing_had_been_published_before() {
        let queue = queue();
        let mut outlet = Outlet::new(Arc::clone(&queue), None);
        let expiring = Arc::clone(&queue);
        let expiring = tokio::spawn(async move { expiring.expire().await });
        for seconds in [0, 1, 9, 10, 11, 19, 20, 21, 100] {
            let (taken, mut batch) = (push(&queue), Orders::new());
            outlet.take(&mut batch);
            batch.clear();
            assert_eq!(taken.await, Err(PublishError::Closed), "it was neither sent nor late");
            sleep(Duration::from_secs(seconds)).await;
            let begin = Instant::now();
            assert_eq!(push(&queue).await, Err(PublishError::TimedOut));
            assert_eq!(begin.elapsed().as_secs(), TIMEOUT.as_secs(), "after {seconds} s");
        }
        drop(outlet);
        expiring.await.expect("nothing comes any more");
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_too_late_is_not_taken_even_if_nobody_has_told_it() {
        let queue = queue();
        let mut outlet = Outlet::new(Arc::clone(&queue), None);
        let late = push(&queue);
        sleep(TIMEOUT).await;
        let (in_time, mut batch) = (push(&queue), Orders::new());
        outlet.take(&mut batch);
        assert_eq!((late.await, batch.len()), (Err(PublishError::TimedOut), 1));
        drop(batch);
        assert_eq!(in_time.await, Err(PublishError::Closed));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_put_back_comes_first_and_in_the_order_in_which_it_was_published() {
        let queue = queue();
        let batches = Batches { events: 3, bytes: 100 };
        let mut outlet = Outlet::new(Arc::clone(&queue), Some(batches));
        let mut published = Vec::new();
        for _ in 0..4 {
            published.push(push(&queue));
            sleep(Duration::from_millis(1)).await;
        }
        let mut batch = Orders::new();
        outlet.take(&mut batch);
        outlet.put_back(&mut batch);
        outlet.take(&mut batch);
        let deadlines: Vec<_> = batch.drain(..).map(|order| order.deadline).collect();
        assert!(deadlines.is_sorted() && deadlines.len() == 3, "{deadlines:?}");
        for outcome in published.drain(..3) {
            assert_eq!(outcome.await, Err(PublishError::Closed));
        }
        assert!(outlet.fill().await, "there is another");
    }
}
