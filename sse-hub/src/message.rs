//! What a hub sends to its engine.

use sse_runtime::Event;

use crate::event;
use crate::topics::Names;

/// An event, or something else that has a place in the hub's order. The event is within the limits and has no ID.
pub(crate) struct Message {
    pub(crate) topics: Names,
    pub(crate) event: Event,
    pub(crate) kind: Kind,
    /// How many bytes the event has on the wire, without its ID.
    pub(crate) event_bytes: usize,
}

/// Messages that are published one directly after another: all of them, or none.
pub(crate) struct Group {
    pub(crate) first: Message,
    pub(crate) rest: Vec<Message>,
}

impl Group {
    pub(crate) fn of(message: Message) -> Self {
        Self { first: message, rest: Vec::new() }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Message> {
        std::iter::once(&self.first).chain(&self.rest)
    }

    #[cfg(any(feature = "file", feature = "redis"))]
    pub(crate) fn len(&self) -> usize {
        1 + self.rest.len()
    }
}

impl IntoIterator for Group {
    type Item = Message;
    type IntoIter = std::iter::Chain<std::iter::Once<Message>, std::vec::IntoIter<Message>>;

    fn into_iter(self) -> Self::IntoIter {
        std::iter::once(self.first).chain(self.rest)
    }
}

pub(crate) enum Kind {
    /// An event for its topics.
    Event,
    /// An event that its topics retain.
    Retained,
    /// Removes what this topic retains. The event is empty and has no topics.
    Forget(Box<str>),
    /// Ends the subscriptions with this tag by this event, which has no topics.
    End(Box<str>),
}

impl Message {
    pub(crate) fn new(kind: Kind, topics: Names, event: Event) -> Self {
        let event_bytes = event::bytes(&event);
        Self { topics, event, kind, event_bytes }
    }

    pub(crate) fn event(topics: Names, event: Event) -> Self {
        Self::new(Kind::Event, topics, event)
    }

    /// Returns an event without topics, which nobody finds.
    pub(crate) fn nothing() -> Self {
        Self::event(Names::none(), Event::empty())
    }

    pub(crate) fn forget(topic: &str) -> Self {
        Self::new(Kind::Forget(topic.into()), Names::none(), Event::empty())
    }

    pub(crate) fn end(tag: &str, last: Event) -> Self {
        Self::new(Kind::End(tag.into()), Names::none(), last)
    }

    /// Returns about how many bytes its texts take.
    #[cfg(any(feature = "file", feature = "redis"))]
    pub(crate) fn bytes(&self) -> usize {
        let name = match &self.kind {
            Kind::Event | Kind::Retained => 0,
            Kind::Forget(name) | Kind::End(name) => name.len(),
        };
        self.topics.bytes() + self.event_bytes + name
    }
}
