//! A subscription's place at its node, which it leaves when it is dropped.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use sse_runtime::{Event, LastEventId};
use tokio::sync::oneshot;

use super::{Cursor, EventId, Read, Start};
use crate::engine::Engine;
use crate::engine::Shared;
use crate::error::TopicsError;
use crate::log::{Found, Interest, TopicId};
use crate::node::Node;
use crate::tags::{Key, Member};
use crate::topics::{Names, Topics};
use crate::waiting::{Arrival, NO_TOPIC, Registrations};

/// What a topic of the subscription retains.
pub(super) type Retained = (TopicId, Event);

pub(super) struct Membership {
    shared: Arc<Shared>,
    registrations: Registrations,
    tags: Option<Box<TagMembership>>,
}

/// Of a subscription that has tags.
struct TagMembership {
    member: Arc<Member>,
    keys: Vec<Key>,
}

impl Membership {
    /// Adds a subscription to its node. Also returns the position of the newest event.
    pub(super) fn take(shared: Arc<Shared>, topics: &Names) -> (Self, EventId) {
        let (topics, now) = shared.node.subscribe(topics);
        let registrations = Registrations::new(&shared.node.waiting, topics);
        (Self { shared, registrations, tags: None }, now)
    }

    /// Adds these topics, and returns the new ones, or an error if there would be too many.
    pub(super) fn add(&mut self, names: &Names) -> Result<Vec<TopicId>, TopicsError> {
        let those: Vec<TopicId> = self.topics().collect();
        let new = self.node().enter(names, &those)?;
        let change = |topics: &mut Vec<TopicId>| topics.extend(&new);
        if self.tags.as_ref().is_some_and(|it| !it.member.change(change)) {
            // Someone has ended it meanwhile, and has taken its other topics out of the log.
            self.node().leave(new.into_iter());
            return Ok(Vec::new());
        }
        self.registrations.add(&new);
        Ok(new)
    }

    /// Removes these topics, and returns those that it had.
    pub(super) fn remove(&mut self, topics: &impl Topics) -> Vec<TopicId> {
        let mut gone = self.node().log().ids(topics);
        gone.sort_unstable();
        gone.dedup();
        gone.retain(|id| self.topics().any(|topic| topic == *id));
        let change = |topics: &mut Vec<TopicId>| topics.retain(|topic| !gone.contains(topic));
        if self.tags.as_ref().is_none_or(|it| it.member.change(change)) {
            self.registrations.remove(&gone);
            self.node().leave(gone.iter().copied());
        }
        gone
    }

    pub(super) fn tag(&mut self, tag: &str) {
        let Self { shared, registrations, tags } = self;
        let tags = tags.get_or_insert_with(|| {
            let member = Member::new(registrations.topics().collect());
            Box::new(TagMembership { member, keys: Vec::new() })
        });
        // Most subscriptions have one tag.
        tags.keys.reserve_exact(1);
        tags.keys.push(shared.node.tags.add(tag, Arc::clone(&tags.member)));
    }

    /// Returns the last event, if someone has ended the subscription. Otherwise the task is woken when someone does.
    pub(super) fn register_for_end(&self, waker: &Waker) -> Option<Event> {
        self.tags.as_ref()?.member.register(waker)
    }

    /// Returns a signal that someone has ended the subscription, if it has tags.
    pub(super) fn signal(&self) -> Option<oneshot::Receiver<()>> {
        Some(self.tags.as_ref()?.member.signal())
    }

    /// Returns the last event, if someone has ended the subscription.
    pub(super) fn ended(&self) -> Option<Event> {
        self.tags.as_ref()?.member.ended()
    }

    /// Resolves when the node has a history.
    pub(super) fn poll_history(&mut self, cx: &Context<'_>) -> Poll<()> {
        if !self.node().has_begun() {
            self.register(cx.waker());
        }
        // It may have begun in between.
        if self.node().has_begun() { Poll::Ready(()) } else { Poll::Pending }
    }

    pub(super) fn node(&self) -> &Node {
        &self.shared.node
    }

    pub(super) fn engine(&self) -> &dyn Engine {
        &*self.shared.engine
    }

    pub(super) fn read(&self, cursor: &mut Cursor) -> Read {
        self.node().log().read(cursor, self.registrations.interests())
    }

    /// Moves the cursor over what was evicted, unless the subscription misses any of that.
    pub(super) fn pass_over_evicted(&self, cursor: &mut Cursor) {
        self.node().log().pass_over_evicted(cursor, self.registrations.interests());
    }

    pub(super) fn resume(&self, last: &LastEventId) -> Found {
        self.node().log().resume(last, self.registrations.interests())
    }

    pub(super) fn unknown(&self) -> Found {
        self.node().log().unknown()
    }

    pub(super) fn start(&self, at: Start, now: EventId) -> Found {
        self.node().log().start(at, now, self.registrations.interests())
    }

    /// Wants only the newest event of each topic from now on.
    pub(super) fn want_latest(&mut self) {
        self.registrations.want_latest(|_| true);
    }

    /// Wants only the newest event of each of these topics from now on.
    pub(super) fn want_latest_of(&mut self, topics: &impl Topics) {
        let ids = self.node().log().ids(topics);
        self.registrations.want_latest(|topic| ids.contains(&topic));
    }

    /// Returns what those of its topics that are meant retain, published up to this position, the oldest last.
    pub(super) fn retained(
        &self,
        through: EventId,
        is_meant: impl Fn(&Interest) -> bool,
    ) -> Vec<Retained> {
        let topics = self.registrations.interests().filter(is_meant);
        let mut events = self.node().log().retained_by(topics, through);
        events.reverse();
        events
    }

    /// Has the task woken by the next event of its topics.
    pub(super) fn register(&mut self, waker: &Waker) {
        self.registrations.register(waker);
    }

    /// Returns what has a task woken once the node has reached this position.
    pub(super) fn arrival(&self, position: EventId) -> Arrival {
        Arrival::new(&self.node().waiting, position)
    }

    /// Returns what has a task woken by no event, but when the hub is drained.
    pub(super) fn drain_registration(&self) -> Registrations {
        Registrations::new(&self.node().waiting, [NO_TOPIC])
    }

    fn topics(&self) -> impl Iterator<Item = TopicId> + Clone {
        self.registrations.topics()
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        let is_here = match &self.tags {
            Some(tags) => {
                self.node().tags.remove(&tags.keys);
                tags.member.go()
            }
            None => true,
        };
        if is_here {
            self.node().unsubscribe(self.topics());
        }
    }
}
