//! Subscriptions by their tags, so that all of a tag can be ended at once, whatever they are doing.
//!
//! Whoever ends a subscription marks it, takes it out of the log, and wakes its task. A subscription
//! registers its waker and looks for the mark before it reads, and looks again when it has read. So what
//! was published after the mark was made is never passed on.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use std::task::Waker;

use sse_runtime::Event;
use tokio::sync::oneshot;

use crate::log::TopicId;
use crate::sync::{Mutex, MutexGuard};

/// How many members are taken out of the index, or leave the log, under one lock.
pub(crate) const AT_ONCE: usize = 128;

#[derive(Default)]
pub(crate) struct Tags(Mutex<Index>);

/// Sorted by tag, so that the members of a tag, and a member that leaves, are found without looking at others.
#[derive(Default)]
struct Index {
    members: BTreeMap<Key, Arc<Member>>,
    last_number: u64,
}

/// A tag of a subscription, with a unique number.
pub(crate) type Key = (Arc<str>, u64);

/// A subscription that has tags.
pub(crate) struct Member(Mutex<State>);

enum State {
    Here(Here),
    /// Ended by someone. This is the last event that its client receives.
    Ended(Event),
    Gone,
}

/// What whoever ends a subscription has to take out of the log, wake, and tell.
pub(crate) struct Here {
    pub(crate) topics: Vec<TopicId>,
    pub(crate) waker: Option<Waker>,
    /// For those who have to hear of the end even if the subscription is never polled again.
    pub(crate) signals: Vec<oneshot::Sender<()>>,
}

impl Tags {
    pub(crate) fn add(&self, tag: &str, member: Arc<Member>) -> Key {
        let mut index = self.lock();
        index.last_number += 1;
        let key = (tag.into(), index.last_number);
        index.members.insert(Key::clone(&key), member);
        key
    }

    pub(crate) fn remove(&self, keys: &[Key]) {
        let _members: Vec<_> = {
            let mut index = self.lock();
            keys.iter().map(|key| index.members.remove(key)).collect()
        };
    }

    /// Takes the members that have this tag by now, some at a time, so that others get the index in between.
    pub(crate) fn take(&self, tag: &str) -> impl Iterator<Item = Vec<Arc<Member>>> {
        let tag: Arc<str> = tag.into();
        let last = self.lock().last_number;
        let some = move || self.lock().take(&tag, last);
        std::iter::repeat_with(some).take_while(|some| !some.is_empty())
    }

    /// Takes the members that have any tag.
    pub(crate) fn take_all(&self) -> impl Iterator<Item = Arc<Member>> {
        let members = std::mem::take(&mut self.lock().members);
        members.into_values()
    }

    fn lock(&self) -> MutexGuard<'_, Index> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Index {
    /// Takes some of the members with this tag and a number up to `last`.
    fn take(&mut self, tag: &Arc<str>, last: u64) -> Vec<Arc<Member>> {
        let of_tag = (Arc::clone(tag), 0)..=(Arc::clone(tag), last);
        let keys: Vec<Key> =
            self.members.range(of_tag).map(|(key, _)| Key::clone(key)).take(AT_ONCE).collect();
        keys.iter().filter_map(|key| self.members.remove(key)).collect()
    }
}

impl Member {
    pub(crate) fn new(topics: Vec<TopicId>) -> Arc<Self> {
        Arc::new(Self(Mutex::new(State::Here(Here { topics, waker: None, signals: Vec::new() }))))
    }

    /// Marks the subscription as ended. Returns what is left for the caller to do, or `None` if it has ended or gone
    /// already.
    pub(crate) fn end(&self, last: Event) -> Option<Here> {
        let mut state = self.lock();
        match std::mem::replace(&mut *state, State::Gone) {
            State::Here(here) => {
                *state = State::Ended(last);
                Some(here)
            }
            other => {
                *state = other;
                None
            }
        }
    }

    /// Returns the last event, if the subscription has been ended. Otherwise this task is woken when it is.
    pub(crate) fn register(&self, waker: &Waker) -> Option<Event> {
        // Dropped after the lock is released, since dropping a waker may run any code.
        let _old = match &mut *self.lock() {
            State::Here(Here { waker: Some(old), .. }) if old.will_wake(waker) => None,
            State::Here(here) => here.waker.replace(waker.clone()),
            State::Ended(last) => return Some(last.clone()),
            State::Gone => None,
        };
        None
    }

    /// Returns a signal that someone has ended the subscription. If it goes by itself, the sender is dropped.
    pub(crate) fn signal(&self) -> oneshot::Receiver<()> {
        let (sender, receiver) = oneshot::channel();
        match &mut *self.lock() {
            State::Here(here) => {
                // A loop that waits for events and for the end may ask for another signal each time.
                here.signals.retain(|signal| !signal.is_closed());
                here.signals.push(sender);
            }
            // Nobody else has the channel yet, so this wakes nobody.
            State::Ended(_) => _ = sender.send(()),
            State::Gone => {}
        }
        receiver
    }

    pub(crate) fn ended(&self) -> Option<Event> {
        match &*self.lock() {
            State::Ended(last) => Some(last.clone()),
            State::Here(_) | State::Gone => None,
        }
    }

    /// Changes its topics, unless the subscription has been ended. Returns `false` if it has.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Vec<TopicId>)) -> bool {
        match &mut *self.lock() {
            State::Here(here) => change(&mut here.topics),
            State::Ended(_) | State::Gone => return false,
        }
        true
    }

    /// Notes that the subscription goes by itself. Returns whether it still has to leave the log: if someone has ended
    /// it, it has left.
    pub(crate) fn go(&self) -> bool {
        // What it leaves is dropped after the lock is released.
        let state = std::mem::replace(&mut *self.lock(), State::Gone);
        matches!(state, State::Here(_))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_leaves_is_not_in_the_index_any_more() {
        let tags = Tags::default();
        let [leaves, stays] = [(); 2].map(|()| Member::new(Vec::new()));
        let keys = ["a", "b"].map(|tag| tags.add(tag, Arc::clone(&leaves)));
        tags.add("a", Arc::clone(&stays));
        tags.remove(&keys);
        assert_eq!(Arc::strong_count(&leaves), 1);
        let left: Vec<_> = tags.take_all().collect();
        assert!(matches!(&*left, [member] if Arc::ptr_eq(member, &stays)));
        assert_eq!(tags.take_all().count(), 0);
    }

    #[test]
    fn signals_that_nobody_waits_for_any_more_take_no_memory() {
        let member = Member::new(Vec::new());
        let kept = member.signal();
        for _ in 0..1000 {
            drop(member.signal());
        }
        let Here { signals, .. } = member.end(Event::empty()).expect("it is here");
        assert!(signals.len() <= 2, "{} signals", signals.len());
        for signal in signals {
            _ = signal.send(());
        }
        assert_eq!(kept.blocking_recv(), Ok(()), "that of one who waits");
    }
}
