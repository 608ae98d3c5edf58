//! A subscription's place at its node, which it leaves when it is dropped.

use std::sync::Arc;
use std::task::Waker;

use sse_runtime::LastEventId;

use super::{Cursor, EventId, Read, Start};
use crate::engine::Engine;
use crate::hub::Shared;
use crate::log::{Found, TopicId};
use crate::node::Node;
use crate::topics::Names;
use crate::waiting::{EVERY_TOPIC, Place, Waiting};

pub(super) struct Seat {
    shared: Arc<Shared>,
    registered: Registered,
}

impl Seat {
    /// Also returns the position of the newest event.
    pub(super) fn take(shared: Arc<Shared>, topics: &Names) -> (Self, EventId) {
        let (topics, now) = shared.node.subscribe(topics);
        let registered = Registered::new(&shared.node, topics);
        (Self { shared, registered }, now)
    }

    pub(super) fn node(&self) -> &Node {
        &self.shared.node
    }

    pub(super) fn engine(&self) -> &dyn Engine {
        &*self.shared.engine
    }

    pub(super) fn read(&self, cursor: &mut Cursor, latest: bool) -> Read {
        self.node().log().read(cursor, self.topics(), latest)
    }

    pub(super) fn resume(&self, last: &LastEventId, latest: bool) -> Found {
        self.node().log().resume(last, self.topics(), latest)
    }

    pub(super) fn unknown(&self) -> Found {
        self.node().log().unknown()
    }

    pub(super) fn start(&self, at: Start, now: EventId) -> Cursor {
        self.node().log().start(at, now, self.topics())
    }

    /// Sees to it that the next event of its topics wakes the task.
    pub(super) fn register(&mut self, waker: &Waker) {
        self.registered.register(waker);
    }

    pub(super) fn for_every_event(&self) -> Registered {
        Registered::new(self.node(), vec![EVERY_TOPIC])
    }

    fn topics(&self) -> impl Iterator<Item = TopicId> + Clone {
        self.registered.places.iter().map(|place| place.topic)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.node().unsubscribe(self.topics());
    }
}

/// Places in the lists of waiting tasks, which it leaves when it is dropped.
pub(super) struct Registered {
    waiting: Arc<Waiting>,
    places: Box<[Place]>,
}

impl Registered {
    fn new(node: &Node, topics: Vec<TopicId>) -> Self {
        let waiting = Arc::clone(&node.waiting);
        Self { waiting, places: topics.into_iter().map(Place::new).collect() }
    }

    pub(super) fn register(&mut self, waker: &Waker) {
        self.waiting.register(&mut self.places, waker);
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        self.waiting.leave(&self.places);
    }
}
