//! Events that the engine has accepted, until this node has read them back.
//!
//! Publishers get their outcomes only then, so that this node's position is never before an event that somebody
//! knows to be published.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use crate::event_id::EventId;

/// How long to wait for this node to read an event that the engine has accepted.
pub(super) const READ_BACK_TIMEOUT: Duration = Duration::from_secs(5);

/// Values that wait for this node to read their events. Dropping a value tells whoever waits for it.
pub(super) struct Confirmed<T> {
    inner: Mutex<Inner<T>>,
    /// Notified when a value is added.
    added: Notify,
}

struct Inner<T> {
    read: EventId,
    waiting: VecDeque<Waiting<T>>,
    is_closed: bool,
}

struct Waiting<T> {
    event: EventId,
    /// When to stop waiting: the node may be cut off, while the event is published all the same.
    until: Instant,
    _told: T,
}

impl<T> Confirmed<T> {
    pub(super) fn new(read: EventId) -> Self {
        let inner = Inner { read, waiting: VecDeque::new(), is_closed: false };
        Self { inner: Mutex::new(inner), added: Notify::new() }
    }

    /// Drops the value when the node has read this event, or when the time is over.
    pub(super) fn add(&self, event: EventId, until: Instant, told: T) {
        let mut inner = self.lock();
        let is_read = inner.read.epoch == event.epoch && inner.read.sequence >= event.sequence;
        if !(is_read || inner.is_closed) {
            inner.waiting.push_back(Waiting { event, until, _told: told });
            self.added.notify_one();
            return;
        }
        drop(inner);
        // Only after the lock is released, since it wakes a task.
        drop(told);
    }

    /// Notes that the node has read up to here, in the same history as before.
    pub(super) fn has_read(&self, read: EventId) {
        self.tell(|inner| {
            inner.read = read;
            let is_read = |it: &Waiting<T>| {
                it.event.epoch == read.epoch && it.event.sequence <= read.sequence
            };
            let count = inner.waiting.iter().take_while(|it| is_read(it)).count();
            inner.waiting.drain(..count).collect()
        });
    }

    /// Notes that the node has begun anew here: events that it hasn't read won't come.
    pub(super) fn has_restarted(&self, read: EventId) {
        self.tell(|inner| {
            inner.read = read;
            let is_to_come =
                |it: &Waiting<T>| it.event.epoch == read.epoch && it.event.sequence > read.sequence;
            let (to_come, over) = inner.waiting.drain(..).partition(is_to_come);
            inner.waiting = to_come;
            over
        });
    }

    /// Drops each value whose time is over, and never ends.
    pub(super) async fn expire(&self) -> Infallible {
        loop {
            let first = self.lock().waiting.front().map(|first| first.until);
            match first {
                Some(until) => sleep_until(until).await,
                None => self.added.notified().await,
            }
            let now = Instant::now();
            self.tell(|inner| {
                let count = inner.waiting.iter().take_while(|it| it.until <= now).count();
                inner.waiting.drain(..count).collect()
            });
        }
    }

    /// Drops all values, since the node reads nothing more.
    pub(super) fn close(&self) {
        self.tell(|inner| {
            inner.is_closed = true;
            std::mem::take(&mut inner.waiting)
        });
    }

    /// Drops the values that `take` takes out, after the lock is released.
    fn tell(&self, take: impl FnOnce(&mut Inner<T>) -> VecDeque<Waiting<T>>) {
        let told = take(&mut self.lock());
        drop(told);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner<T>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;
    use tokio::sync::oneshot::{self, Receiver, Sender};

    use super::*;

    fn at(epoch: u64, sequence: u64) -> EventId {
        EventId { epoch, sequence }
    }

    fn add(confirmed: &Confirmed<Sender<()>>, event: EventId) -> Receiver<()> {
        let (told_to, told) = oneshot::channel();
        let until = Instant::now() + Duration::from_secs(5);
        confirmed.add(event, until, told_to);
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
