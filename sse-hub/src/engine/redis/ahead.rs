//! Subscriptions whose positions are ahead of this node, and wait to hear whether Redis has them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::EventId;

/// Who waits: the position's epoch and sequence, and a number of their own.
type Key = (u64, u64, u64);
type Waiting = BTreeMap<Key, Waiter>;

/// Tells each of them once. So clients never ask Redis themselves, and what is read wakes only those
/// who wait for it.
pub(super) struct Ahead(Mutex<Inner>);

struct Inner {
    /// Where Redis' history was, at least.
    end: EventId,
    waiting: Waiting,
    last: u64,
}

struct Waiter {
    has_it: oneshot::Sender<bool>,
    /// How often the tail has looked since.
    looks: u8,
}

impl Ahead {
    pub(super) fn new(end: EventId) -> Self {
        Self(Mutex::new(Inner { end, waiting: Waiting::new(), last: 0 }))
    }

    /// Waits until Redis has this position, or until the tail has looked whether it has, in a look
    /// that began after this began to wait.
    pub(super) fn has_reached(
        self: &Arc<Self>,
        position: EventId,
    ) -> impl Future<Output = bool> + Send + use<> {
        let (has_it, answer) = oneshot::channel();
        let mut inner = self.lock();
        inner.last += 1;
        let key = (position.epoch, position.sequence, inner.last);
        if inner.end.epoch == position.epoch && inner.end.sequence >= position.sequence {
            // Its receiver is here.
            let _ = has_it.send(true);
        } else {
            inner.waiting.insert(key, Waiter { has_it, looks: 0 });
        }
        drop(inner);
        let place = Place { ahead: Arc::clone(self), key };
        async move {
            let _place = place;
            answer.await.unwrap_or(false)
        }
    }

    /// The tail has read up to here.
    pub(super) fn has_read(&self, end: EventId) {
        let mut inner = self.lock();
        if inner.end.epoch != end.epoch || inner.end.sequence < end.sequence {
            inner.end = end;
        }
        let reached = inner.reached();
        drop(inner);
        tell(reached, true);
    }

    /// The tail has looked, and Redis' history ends here.
    pub(super) fn has_looked(&self, end: EventId) {
        let mut inner = self.lock();
        inner.end = end;
        let reached = inner.reached();
        inner.waiting.values_mut().for_each(|waiter| waiter.looks += 1);
        // One look may have begun before.
        let waiting = std::mem::take(&mut inner.waiting).into_iter();
        let (not_reached, waiting) = waiting.partition(|(_, waiter)| waiter.looks > 1);
        inner.waiting = waiting;
        drop(inner);
        tell(reached, true);
        tell(not_reached, false);
    }

    /// Nobody looks any more.
    pub(super) fn close(&self) {
        let mut inner = self.lock();
        let waiting = std::mem::take(&mut inner.waiting);
        drop(inner);
        tell(waiting, false);
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place among those who wait, which it leaves when it is dropped.
struct Place {
    ahead: Arc<Ahead>,
    key: Key,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.ahead.lock().waiting.remove(&self.key);
    }
}

impl Inner {
    fn reached(&mut self) -> Waiting {
        let EventId { epoch, sequence } = self.end;
        let up_to = self.waiting.range((epoch, 0, 0)..=(epoch, sequence, u64::MAX));
        let up_to: Vec<_> = up_to.map(|(key, _)| *key).collect();
        up_to.into_iter().filter_map(|key| self.waiting.remove_entry(&key)).collect()
    }
}

fn tell(waiting: Waiting, has_it: bool) {
    for waiter in waiting.into_values() {
        // Its subscription may be gone.
        let _ = waiter.has_it.send(has_it);
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    fn at(epoch: u64, sequence: u64) -> EventId {
        EventId { epoch, sequence }
    }

    #[test]
    fn who_waits_hears_of_what_is_read_and_nobody_else_does() {
        let ahead = Arc::new(Ahead::new(at(1, 5)));
        assert_eq!(ahead.has_reached(at(1, 5)).now_or_never(), Some(true));
        let [six, eight, other] = [at(1, 6), at(1, 8), at(2, 1)].map(|at| ahead.has_reached(at));
        ahead.has_read(at(1, 7));
        assert_eq!(six.now_or_never(), Some(true));
        ahead.has_looked(at(2, 3));
        assert_eq!(other.now_or_never(), Some(true));
        assert_eq!(eight.now_or_never(), None);
    }

    #[test]
    fn a_position_is_not_there_after_a_look_that_began_later() {
        let ahead = Arc::new(Ahead::new(at(1, 5)));
        let mut answer = Box::pin(ahead.has_reached(at(1, 9)));
        ahead.has_looked(at(1, 6));
        assert_eq!((&mut answer).now_or_never(), None);
        ahead.has_looked(at(1, 7));
        assert_eq!(answer.now_or_never(), Some(false));
    }

    #[test]
    fn who_does_not_wait_any_more_leaves_nothing() {
        let ahead = Arc::new(Ahead::new(at(1, 5)));
        drop(ahead.has_reached(at(1, 9)));
        assert!(ahead.lock().waiting.is_empty());
    }
}
