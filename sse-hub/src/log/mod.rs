//! The log: the events that a node still has, in the hub's order.

mod cursor;
mod directory;
mod last_evicted;
pub(crate) mod maps;
mod retained;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use sse_runtime::Event;
use tokio::time::Instant;

pub(crate) use cursor::{Cursor, Found, Interest, Read};
pub(crate) use directory::TopicId;
pub(crate) use retained::{Retained, Value};

use crate::error::PublishError;
use crate::event;
use crate::event_id::EventId;
use crate::few::Few;
use crate::limits::Limits;
use crate::message::{Group, Kind, Message};
use crate::topics::{Names, Topics};
use directory::Directory;
use maps::shrink_deque;

/// About how many bytes an entry takes in addition to the texts of its event.
const ENTRY_BYTES: usize = 276;
/// About how many it takes in the index, for each of its topics.
const INDEX_BYTES: usize = 24;

/// How many events are evicted under one lock, so that others get the log in between.
const EVICTED_AT_ONCE: usize = 64;

/// One log for all topics, with an index for each.
pub(crate) struct Log {
    epoch: u64,
    /// The sequence of the newest event, or the one before the first if there has been none.
    last: u64,
    entries: VecDeque<Entry>,
    /// Of the entries alone.
    bytes: usize,
    topics: Directory,
    retained: Retained,
    subscriptions: usize,
    window: Duration,
    max_bytes: usize,
    max_topics: usize,
}

/// An event, as the log keeps it.
pub(crate) struct Entry {
    event: Event,
    topics: Few<TopicId>,
    time: Instant,
    bytes: usize,
}

/// Where a log begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin {
    pub(crate) epoch: u64,
    /// The sequence before the log's first event.
    pub(crate) through: u64,
}

impl Origin {
    /// No history yet: none has this epoch.
    pub(crate) const NONE: Self = Self { epoch: 0, through: 0 };
}

/// What is known of topics when a log begins.
pub(crate) struct KnownTopics {
    /// Topics, each with the sequence of its last event before the log.
    pub(crate) topics: Vec<(Arc<str>, u64)>,
    /// An upper bound of that sequence for every other topic.
    pub(crate) others: u64,
    /// What topics retain.
    pub(crate) retained: Vec<(Arc<str>, Value)>,
}

impl KnownTopics {
    /// Assumes that any topic may have had an event up to this sequence.
    pub(crate) fn nothing(through: u64) -> Self {
        Self { topics: Vec::new(), others: through, retained: Vec::new() }
    }
}

/// Returns about how many bytes an event takes in a log: its texts, their encoding, which the first reader caches,
/// and its entries in the index.
pub(crate) fn entry_bytes(message: &Message) -> usize {
    ENTRY_BYTES + 2 * message.event_bytes + INDEX_BYTES * message.topics.iter().len()
}

impl Log {
    pub(crate) fn new(limits: &Limits, origin: Origin, mut known: KnownTopics) -> Self {
        let retained = Retained::new(limits, std::mem::take(&mut known.retained));
        Self {
            epoch: origin.epoch,
            last: origin.through,
            entries: VecDeque::new(),
            bytes: 0,
            topics: Directory::new(known),
            retained,
            subscriptions: 0,
            window: limits.window,
            max_bytes: limits.max_bytes,
            max_topics: limits.max_topics,
        }
    }

    /// Returns the position of the newest event.
    pub(crate) fn position(&self) -> EventId {
        self.id(self.last)
    }

    /// Returns the sequence before the oldest event that is left. After it, no topic misses anything.
    pub(crate) fn evicted_through(&self) -> u64 {
        self.last - self.entries.len() as u64
    }

    fn id(&self, sequence: u64) -> EventId {
        EventId { epoch: self.epoch, sequence }
    }

    /// Checks that the log may have these events.
    pub(crate) fn check_room(&self, group: &Group) -> Result<(), PublishError> {
        let Group { first, rest } = group;
        let fits = match &rest[..] {
            [] => self.has_room_for(&first.topics),
            _ => self.has_room_for(&Names::of_all(group.iter().map(|message| &message.topics))),
        };
        if !fits {
            return Err(PublishError::TooManyTopics);
        }
        let Message { topics, event, kind, .. } = first;
        let fits = |topic| self.retained.has_room_for(topic, event);
        if matches!(kind, Kind::Retained) && !topics.iter().all(fits) {
            return Err(PublishError::TooMuchRetained);
        }
        Ok(())
    }

    fn has_room_for(&self, names: &Names) -> bool {
        let used = self.topics.with_events();
        names.iter().len() == 0
            || used + names.iter().len() <= self.max_topics
            || used + self.topics.without_events(names) <= self.max_topics
    }

    /// Has these topics retain the event that is appended next. Returns what they retained before, to be dropped
    /// while no lock is held.
    pub(crate) fn retain(&mut self, topics: &Names, event: &Event) -> Vec<Value> {
        let value = Value { event: event.clone().into_shared(), at: self.last + 1 };
        topics.iter().filter_map(|topic| self.retained.put(topic, value.clone())).collect()
    }

    pub(crate) fn forget(&mut self, topic: &str) -> Option<Value> {
        self.retained.remove(topic)
    }

    /// Returns what is known of topics up to now, apart from what they retain.
    #[cfg(feature = "file")]
    pub(crate) fn known(&self) -> KnownTopics {
        self.topics.known()
    }

    /// Returns what topics retain.
    pub(crate) fn retained(&self) -> &Retained {
        &self.retained
    }

    /// Returns what these topics retain that was published up to this position, in the order of publishing.
    pub(crate) fn retained_by(
        &self,
        topics: impl Iterator<Item = Interest>,
        through: EventId,
    ) -> Vec<(TopicId, Event)> {
        if self.retained.len() == 0 || through.epoch != self.epoch {
            return Vec::new();
        }
        let value = |Interest { topic, .. }| {
            let name = self.topics.name(topic)?;
            Some((topic, self.retained.get(name, through.sequence)?))
        };
        let mut values: Vec<_> = topics.filter_map(value).collect();
        values.sort_by_key(|(_, value)| value.at);
        values.into_iter().map(|(topic, value)| (topic, value.event.clone())).collect()
    }

    /// Adds an event, which was published this long ago, as the next one in the hub's order. Returns its topics.
    pub(crate) fn append(&mut self, message: Message, now: Instant, age: Duration) -> Few<TopicId> {
        let bytes = entry_bytes(&message);
        let Message { topics: names, event, .. } = message;
        let id = self.id(self.last + 1);
        let event = event::with_id(event, id).into_shared();
        let topics: Few<TopicId> =
            names.iter().map(|name| self.topics.add_event(name, id.sequence)).collect();
        let time = now.checked_sub(age).unwrap_or(now);
        self.entries.push_back(Entry { event, topics: topics.clone(), time, bytes });
        self.bytes += bytes;
        self.last = id.sequence;
        topics
    }

    /// Removes events that are too old or too many, the oldest first and not very many at once. The newest stays
    /// until it is too old.
    pub(crate) fn evict(&mut self, now: Instant) -> Few<Entry> {
        let to_go = || self.is_oldest_to_go(now).then(|| self.evict_oldest()).flatten();
        let evicted = std::iter::from_fn(to_go).take(EVICTED_AT_ONCE).collect();
        shrink_deque(&mut self.entries);
        evicted
    }

    fn is_oldest_to_go(&self, now: Instant) -> bool {
        let is_too_old = |oldest: &Entry| now.saturating_duration_since(oldest.time) > self.window;
        self.is_over_limit() || self.entries.front().is_some_and(is_too_old)
    }

    /// Returns whether the log takes more than it may.
    pub(crate) fn is_over_limit(&self) -> bool {
        self.bytes() > self.max_bytes && self.entries.len() > 1
    }

    fn evict_oldest(&mut self) -> Option<Entry> {
        let sequence = self.evicted_through() + 1;
        let entry = self.entries.pop_front()?;
        self.bytes -= entry.bytes;
        for &topic in entry.topics.as_slice() {
            self.topics.evict_event(topic, sequence);
        }
        Some(entry)
    }

    /// Removes all events. Of what came before, only this is known from now on.
    pub(crate) fn restart(&mut self, origin: Origin, mut known: KnownTopics) -> VecDeque<Entry> {
        self.retained.replace_all(std::mem::take(&mut known.retained));
        let evicted = std::mem::take(&mut self.entries);
        self.bytes = 0;
        self.epoch = origin.epoch;
        self.last = origin.through;
        self.topics.restart(known);
        evicted
    }

    pub(crate) fn subscribe(&mut self, names: &Names) -> Vec<TopicId> {
        self.subscriptions += 1;
        self.enter(names.iter())
    }

    pub(crate) fn unsubscribe(&mut self, topics: impl Iterator<Item = TopicId>) {
        self.subscriptions -= 1;
        self.leave(topics);
    }

    /// Adds these topics to a subscription.
    pub(crate) fn enter<'a>(&mut self, names: impl Iterator<Item = &'a str>) -> Vec<TopicId> {
        names.map(|name| self.topics.enter(name)).collect()
    }

    /// Removes these topics from a subscription.
    pub(crate) fn leave(&mut self, topics: impl Iterator<Item = TopicId>) {
        topics.for_each(|topic| self.topics.leave(topic));
    }

    /// Returns a topic that has events or subscriptions.
    pub(crate) fn topic(&self, name: &str) -> Option<TopicId> {
        self.topics.id(name)
    }

    /// Returns those of these topics that have events or subscriptions.
    pub(crate) fn ids(&self, topics: &impl Topics) -> Vec<TopicId> {
        let mut ids = Vec::new();
        topics.for_each(&mut |name| ids.extend(self.topics.id(name)));
        ids
    }

    /// Returns how many subscriptions the topic has.
    pub(crate) fn subscribers(&self, topic: &str) -> usize {
        self.topics.subscribers(topic)
    }

    pub(crate) fn subscriptions(&self) -> usize {
        self.subscriptions
    }

    pub(crate) fn events(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes + self.topics.bytes()
    }

    /// Returns the age of the oldest event that is left.
    pub(crate) fn age(&self) -> Duration {
        self.entries.front().map_or(Duration::ZERO, |oldest| oldest.time.elapsed())
    }

    pub(crate) fn topics(&self) -> usize {
        self.topics.len()
    }

    fn event(&self, sequence: u64) -> Event {
        let at = sequence - self.evicted_through() - 1;
        let at = usize::try_from(at).expect("as many entries as fit into memory");
        self.entries[at].event.clone()
    }
}
