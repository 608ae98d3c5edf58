//! The topics that have events or subscriptions.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::KnownTopics;
use super::last_evicted::LastEvicted;
use super::maps::{ById, shrink_map};
use crate::topics::Names;

/// About how many bytes a topic takes in addition to its name while it has events.
const TOPIC_BYTES: usize = 200;

/// Identifies a topic as long as it has events or subscriptions. IDs are never reused.
pub(crate) type TopicId = u64;

#[derive(Default)]
pub(crate) struct Directory {
    ids: HashMap<Arc<str>, TopicId>,
    topics: HashMap<TopicId, Topic, ById>,
    last_evicted: LastEvicted,
    last_id: TopicId,
    with_events: usize,
    /// Of the topics with events. Others don't count: clients can make up as many as they like, and evicting
    /// events would not remove them.
    bytes: usize,
}

pub(crate) struct Topic {
    name: Arc<str>,
    /// The sequences of its events in the log.
    events: VecDeque<u64>,
    /// The sequence of its last event that has been evicted.
    evicted: u64,
    subscribers: usize,
}

impl Topic {
    fn bytes(&self) -> usize {
        TOPIC_BYTES + self.name.len()
    }

    /// Returns its first event at or after this sequence.
    pub(crate) fn first_from(&self, sequence: u64) -> Option<u64> {
        let newest = self.newest_from(sequence)?;
        // Sequences differ, so the first event is no further from the end than this.
        let distance = usize::try_from(newest - sequence).unwrap_or(usize::MAX);
        let mut high = self.events.len();
        let mut low = high.saturating_sub(distance).saturating_sub(1);
        // If all events of the log are of this topic, the first look finds it.
        let mut middle = low;
        while low < high {
            if self.events[middle] < sequence {
                low = middle + 1;
            } else {
                high = middle;
            }
            middle = usize::midpoint(low, high);
        }
        self.events.get(low).copied()
    }

    /// Returns its newest event, if that is at or after this sequence.
    pub(crate) fn newest_from(&self, sequence: u64) -> Option<u64> {
        self.events.back().copied().filter(|&newest| newest >= sequence)
    }

    /// Iterates over its events, newest first.
    pub(crate) fn newest(&self) -> impl Iterator<Item = u64> {
        self.events.iter().rev().copied()
    }

    /// Returns whether any event at or after this sequence has been evicted.
    pub(crate) fn has_lost(&self, sequence: u64) -> bool {
        self.evicted >= sequence
    }

    pub(crate) fn has_events(&self) -> bool {
        !self.events.is_empty()
    }
}

impl Directory {
    pub(crate) fn new(known: KnownTopics) -> Self {
        Self { last_evicted: LastEvicted::new(known), ..Self::default() }
    }

    pub(crate) fn len(&self) -> usize {
        self.topics.len()
    }

    /// Returns where the last event of each topic was.
    #[cfg(feature = "file")]
    pub(crate) fn known(&self) -> KnownTopics {
        let mut known = self.last_evicted.known();
        let last = |topic: &Topic| topic.events.back().copied().unwrap_or(topic.evicted);
        let here = self.topics.values().map(|topic| (Arc::clone(&topic.name), last(topic)));
        let others = known.others;
        known.topics.extend(here.filter(|&(_, last)| last > others));
        known
    }

    pub(crate) fn with_events(&self) -> usize {
        self.with_events
    }

    /// Returns about how many bytes the topics that have events take in memory.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Counts those of these topics that have no events.
    pub(crate) fn without_events(&self, names: &Names) -> usize {
        names.iter().filter(|name| !self.find(name).is_some_and(Topic::has_events)).count()
    }

    pub(crate) fn subscribers(&self, name: &str) -> usize {
        self.find(name).map_or(0, |topic| topic.subscribers)
    }

    /// Returns a topic that has events or subscriptions.
    pub(crate) fn get(&self, id: TopicId) -> Option<&Topic> {
        self.topics.get(&id)
    }

    pub(crate) fn add_event(&mut self, name: &str, sequence: u64) -> TopicId {
        let id = self.intern(name);
        let topic = self.get_mut(id);
        topic.events.push_back(sequence);
        if topic.events.len() == 1 {
            let bytes = topic.bytes();
            self.with_events += 1;
            self.bytes += bytes;
        }
        id
    }

    /// Removes the topic's oldest event, which has this sequence.
    pub(crate) fn evict_event(&mut self, id: TopicId, sequence: u64) {
        let topic = self.get_mut(id);
        let oldest = topic.events.pop_front();
        debug_assert_eq!(oldest, Some(sequence), "the index has the log's order");
        topic.evicted = sequence;
        if topic.events.is_empty() {
            topic.events = VecDeque::new();
            let bytes = topic.bytes();
            self.with_events -= 1;
            self.bytes -= bytes;
            self.release(id);
        }
    }

    pub(crate) fn enter(&mut self, name: &str) -> TopicId {
        let id = self.intern(name);
        self.get_mut(id).subscribers += 1;
        id
    }

    pub(crate) fn leave(&mut self, id: TopicId) {
        self.get_mut(id).subscribers -= 1;
        self.release(id);
    }

    /// Forgets all events, and what was evicted. Of what came before, only this is known from now on.
    pub(crate) fn restart(&mut self, known: KnownTopics) {
        self.last_evicted = LastEvicted::new(known);
        self.topics.retain(|_, topic| topic.subscribers > 0);
        self.ids.retain(|_, id| self.topics.contains_key(id));
        shrink_map(&mut self.topics);
        shrink_map(&mut self.ids);
        for topic in self.topics.values_mut() {
            topic.events = VecDeque::new();
            topic.evicted = self.last_evicted.take(&topic.name);
        }
        (self.with_events, self.bytes) = (0, 0);
    }

    /// Returns the name of a topic that has events or subscriptions.
    pub(crate) fn name(&self, id: TopicId) -> Option<&str> {
        self.get(id).map(|topic| &*topic.name)
    }

    pub(crate) fn id(&self, name: &str) -> Option<TopicId> {
        self.ids.get(name).copied()
    }

    fn find(&self, name: &str) -> Option<&Topic> {
        self.get(self.id(name)?)
    }

    fn get_mut(&mut self, id: TopicId) -> &mut Topic {
        self.topics.get_mut(&id).expect("a topic with events or subscriptions")
    }

    fn intern(&mut self, name: &str) -> TopicId {
        if let Some(&id) = self.ids.get(name) {
            return id;
        }
        self.last_id += 1;
        let evicted = self.last_evicted.take(name);
        let name: Arc<str> = name.into();
        self.ids.insert(Arc::clone(&name), self.last_id);
        let topic = Topic { name, events: VecDeque::new(), evicted, subscribers: 0 };
        self.topics.insert(self.last_id, topic);
        self.last_id
    }

    /// Drops a topic without events and subscriptions.
    fn release(&mut self, id: TopicId) {
        if self.get(id).is_some_and(|topic| topic.has_events() || topic.subscribers > 0) {
            return;
        }
        if let Some(Topic { name, evicted, .. }) = self.topics.remove(&id) {
            self.ids.remove(&name);
            self.last_evicted.put(name, evicted);
        }
        shrink_map(&mut self.topics);
        shrink_map(&mut self.ids);
    }
}
