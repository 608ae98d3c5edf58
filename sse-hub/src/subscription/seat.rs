//! A subscription's place at its node, which it leaves when it is dropped.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use sse_runtime::{Event, LastEventId};
use tokio::sync::oneshot;

use super::{Cursor, EventId, Read, Start};
use crate::engine::Engine;
use crate::engine::Shared;
use crate::error::TopicsError;
use crate::log::{Found, TopicId};
use crate::node::Node;
use crate::tags::{Key, Member};
use crate::topics::{Names, Topics};
use crate::waiting::{Arrival, NO_TOPIC, Places};

/// What a topic of the subscription retains.
pub(super) type Retained = (TopicId, Event);

pub(super) struct Seat {
    shared: Arc<Shared>,
    places: Places,
    membership: Option<Box<Membership>>,
}

/// Of a subscription that has tags.
struct Membership {
    member: Arc<Member>,
    keys: Vec<Key>,
}

impl Seat {
    /// Also returns the position of the newest event.
    pub(super) fn take(shared: Arc<Shared>, topics: &Names) -> (Self, EventId) {
        let (topics, now) = shared.node.subscribe(topics);
        let places = Places::new(&shared.node.waiting, topics);
        (Self { shared, places, membership: None }, now)
    }

    /// Adds these topics, and returns the new ones, unless there would be too many.
    pub(super) fn add(&mut self, names: &Names) -> Result<Vec<TopicId>, TopicsError> {
        let those: Vec<TopicId> = self.topics().collect();
        let new = self.node().enter(names, &those)?;
        let change = |topics: &mut Vec<TopicId>| topics.extend(&new);
        if self.membership.as_ref().is_some_and(|it| !it.member.change(change)) {
            // It has been ended meanwhile, and has left with its other topics.
            self.node().leave(new.into_iter());
            return Ok(Vec::new());
        }
        self.places.add(&new);
        Ok(new)
    }

    /// Removes these topics, and returns those that it had.
    pub(super) fn remove(&mut self, topics: &impl Topics) -> Vec<TopicId> {
        let mut gone = self.node().log().ids(topics);
        gone.sort_unstable();
        gone.dedup();
        gone.retain(|id| self.topics().any(|topic| topic == *id));
        let change = |topics: &mut Vec<TopicId>| topics.retain(|topic| !gone.contains(topic));
        if self.membership.as_ref().is_none_or(|it| it.member.change(change)) {
            self.places.remove(&gone);
            self.node().leave(gone.iter().copied());
        }
        gone
    }

    pub(super) fn tag(&mut self, tag: &str) {
        let Self { shared, places, membership } = self;
        let membership = membership.get_or_insert_with(|| {
            let member = Member::new(places.topics().collect());
            Box::new(Membership { member, keys: Vec::new() })
        });
        // Few have many.
        membership.keys.reserve_exact(1);
        membership.keys.push(shared.node.tags.add(tag, Arc::clone(&membership.member)));
    }

    /// Returns what the subscription has been ended with. Otherwise its task is woken when it is.
    pub(super) fn register_for_end(&self, waker: &Waker) -> Option<Event> {
        self.membership.as_ref()?.member.register(waker)
    }

    /// Returns what resolves when the subscription is ended from outside, if it can be.
    pub(super) fn signal(&self) -> Option<oneshot::Receiver<()>> {
        Some(self.membership.as_ref()?.member.signal())
    }

    /// Returns what the subscription has been ended with.
    pub(super) fn ended(&self) -> Option<Event> {
        self.membership.as_ref()?.member.ended()
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
        self.node().log().read(cursor, self.places.interests())
    }

    /// Moves the cursor over what was evicted, unless the subscription misses any of that.
    pub(super) fn pass_over_evicted(&self, cursor: &mut Cursor) {
        self.node().log().pass_over_evicted(cursor, self.places.interests());
    }

    pub(super) fn resume(&self, last: &LastEventId) -> Found {
        self.node().log().resume(last, self.places.interests())
    }

    pub(super) fn unknown(&self) -> Found {
        self.node().log().unknown()
    }

    pub(super) fn start(&self, at: Start, now: EventId) -> Found {
        self.node().log().start(at, now, self.places.interests())
    }

    /// Of all of its topics, only the newest event counts from now on.
    pub(super) fn want_latest(&mut self) {
        self.places.want_latest(|_| true);
    }

    /// Of these of its topics, only the newest event counts from now on.
    pub(super) fn want_latest_of(&mut self, topics: &impl Topics) {
        let ids = self.node().log().ids(topics);
        self.places.want_latest(|topic| ids.contains(&topic));
    }

    /// Returns what its topics retain that was published up to this position, the oldest last.
    pub(super) fn retained(&self, through: EventId) -> Vec<Retained> {
        let mut events = self.node().log().retained_by(self.places.interests(), through);
        events.reverse();
        events
    }

    /// The same, of these topics.
    pub(super) fn retained_by(&self, topics: &[TopicId], through: EventId) -> Vec<Retained> {
        let these = self.places.interests().filter(|of| topics.contains(&of.topic));
        let mut events = self.node().log().retained_by(these, through);
        events.reverse();
        events
    }

    /// The same, of those topics of which only the newest event counts.
    pub(super) fn retained_latest(&self, through: EventId) -> Vec<Retained> {
        let latest = self.places.interests().filter(|of| of.latest);
        let mut events = self.node().log().retained_by(latest, through);
        events.reverse();
        events
    }

    /// Sees to it that the next event of its topics wakes the task.
    pub(super) fn register(&mut self, waker: &Waker) {
        self.places.register(waker);
    }

    /// A place for a task that waits until the node has reached this position.
    pub(super) fn arrival(&self, position: EventId) -> Arrival {
        Arrival::new(&self.node().waiting, position)
    }

    /// A place for a task that waits for no event, but must not miss that the hub is drained.
    pub(super) fn place_without_topic(&self) -> Places {
        Places::new(&self.node().waiting, [NO_TOPIC])
    }

    fn topics(&self) -> impl Iterator<Item = TopicId> + Clone {
        self.places.topics()
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let is_here = match &self.membership {
            Some(membership) => {
                self.node().tags.remove(&membership.keys);
                membership.member.go()
            }
            None => true,
        };
        if is_here {
            self.node().unsubscribe(self.topics());
        }
    }
}
