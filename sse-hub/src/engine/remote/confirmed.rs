//! Events that the engine has accepted, until this node has read them back.
//!
//! Publishers get their outcomes only then, so that this node's position is never before an event that somebody
//! knows to be published.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::pending;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until};

use super::queue::Outcome;
use crate::event_id::EventId;

/// How long to wait for this node to read an event that the engine has accepted.
pub(in crate::engine) const READ_BACK_TIMEOUT: Duration = Duration::from_secs(5);

/// Who waits until the node has read an event: dropping it tells them.
#[allow(dead_code, reason = "only dropped")]
pub(in crate::engine) enum Waiter {
    Publisher(Outcome),
    Flush(oneshot::Sender<()>),
}

pub(in crate::engine) struct Confirmed(Mutex<Inner>);

struct Inner {
    read: EventId,
    waiting: VecDeque<Waiting>,
    is_closed: bool,
}

struct Waiting {
    event: EventId,
    /// When to stop waiting: the node may be cut off, while the event is published all the same.
    until: Instant,
    _waiter: Waiter,
}

impl Confirmed {
    pub(super) fn new(read: EventId) -> Self {
        Self(Mutex::new(Inner { read, waiting: VecDeque::new(), is_closed: false }))
    }

    /// Tells the waiter when the node has read this event, or when the time is over.
    pub(in crate::engine) fn add(&self, event: EventId, until: Instant, waiter: Waiter) {
        let mut inner = self.lock();
        let is_read = inner.read.epoch == event.epoch && inner.read.sequence >= event.sequence;
        if !(is_read || inner.is_closed) {
            inner.waiting.push_back(Waiting { event, until, _waiter: waiter });
            return;
        }
        drop(inner);
        // Only now, as it wakes a task.
        drop(waiter);
    }

    /// Notes that the node has read up to here, in the same history as before.
    pub(in crate::engine) fn has_read(&self, read: EventId) {
        self.tell(|inner| {
            inner.read = read;
            let is_read =
                |it: &Waiting| it.event.epoch == read.epoch && it.event.sequence <= read.sequence;
            let count = inner.waiting.iter().take_while(|it| is_read(it)).count();
            inner.waiting.drain(..count).collect()
        });
    }

    /// Notes that the node has begun anew here: events that it hasn't read won't come.
    pub(in crate::engine) fn has_restarted(&self, read: EventId) {
        self.tell(|inner| {
            inner.read = read;
            let is_to_come =
                |it: &Waiting| it.event.epoch == read.epoch && it.event.sequence > read.sequence;
            let (to_come, over) = inner.waiting.drain(..).partition(is_to_come);
            inner.waiting = to_come;
            over
        });
    }

    /// Tells each waiter whose time is over, and never ends.
    pub(super) async fn expire(&self) -> Infallible {
        loop {
            let first = self.lock().waiting.front().map(|first| first.until);
            match first {
                Some(until) => sleep_until(until).await,
                None => pending().await,
            }
            let now = Instant::now();
            self.tell(|inner| {
                let count = inner.waiting.iter().take_while(|it| it.until <= now).count();
                inner.waiting.drain(..count).collect()
            });
        }
    }

    /// Tells all waiters, since the node reads nothing more.
    pub(super) fn close(&self) {
        self.tell(|inner| {
            inner.is_closed = true;
            std::mem::take(&mut inner.waiting)
        });
    }

    /// Drops the waiters that `take` takes out, which tells them, after the lock is released.
    fn tell(&self, take: impl FnOnce(&mut Inner) -> VecDeque<Waiting>) {
        let told = take(&mut self.lock());
        drop(told);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;
    use tokio::sync::oneshot::Receiver;

    use super::*;

    fn at(epoch: u64, sequence: u64) -> EventId {
        EventId { epoch, sequence }
    }

    fn add(confirmed: &Confirmed, event: EventId) -> Receiver<()> {
        let (told_to, told) = oneshot::channel();
        let until = Instant::now() + Duration::from_secs(5);
        confirmed.add(event, until, Waiter::Flush(told_to));
        told
    }

    fn is_told(told: &mut Receiver<()>) -> bool {
        told.now_or_never().is_some()
    }

    #[tokio::test]
    async fn each_is_told_when_the_node_has_read_its_event() {
        let confirmed = Confirmed::new(at(1, 3));
        let mut told = [3, 4, 6].map(|sequence| add(&confirmed, at(1, sequence)));
        assert_eq!(told.each_mut().map(is_told), [true, false, false]);
        confirmed.has_read(at(1, 5));
        assert_eq!([is_told(&mut told[1]), is_told(&mut told[2])], [true, false]);
    }

    #[tokio::test]
    async fn an_event_of_a_history_that_is_over_is_not_waited_for() {
        let confirmed = Confirmed::new(at(1, 3));
        let mut told = [at(1, 4), at(2, 4), at(2, 5)].map(|event| add(&confirmed, event));
        confirmed.has_restarted(at(2, 4));
        assert_eq!(told.each_mut().map(is_told), [true, true, false]);
        confirmed.has_read(at(2, 5));
        assert!(is_told(&mut told[2]));
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_longer_than_their_time() {
        let confirmed = Confirmed::new(at(1, 3));
        let mut told = add(&confirmed, at(1, 4));
        let begin = Instant::now();
        tokio::select! {
            never = confirmed.expire() => match never {},
            _ = &mut told => {}
        }
        assert_eq!(begin.elapsed(), Duration::from_secs(5));
    }

    #[tokio::test]
    async fn nobody_waits_for_a_node_that_reads_no_more() {
        let confirmed = Confirmed::new(at(1, 3));
        let mut told = add(&confirmed, at(1, 4));
        confirmed.close();
        assert!(is_told(&mut told) && is_told(&mut add(&confirmed, at(1, 5))));
    }
}
