//! The values that topics retain, outside the log, since they outlive its window.

use std::collections::HashMap;
use std::sync::Arc;

use sse_runtime::Event;

use super::maps::shrink_map;
use crate::event;
use crate::limits::Limits;

/// About how many bytes a value takes in addition to the texts of its event and the name of its topic.
const VALUE_BYTES: usize = 320;

/// By topic.
pub(crate) struct Retained {
    values: HashMap<Arc<str>, Value>,
    bytes: usize,
    max_topics: usize,
    max_bytes: usize,
}

/// What a topic retains.
#[derive(Clone, Debug)]
pub(crate) struct Value {
    /// Without an ID.
    pub(crate) event: Event,
    /// The sequence at which it was published.
    pub(crate) at: u64,
}

impl Retained {
    pub(super) fn new(limits: &Limits, values: Vec<(Arc<str>, Value)>) -> Self {
        let (max_topics, max_bytes) = (limits.max_retained, limits.max_retained_bytes);
        let mut retained = Self { values: HashMap::new(), bytes: 0, max_topics, max_bytes };
        retained.replace_all(values);
        retained
    }

    /// Returns whether the topic may retain this event. If the limits are exceeded already, by other nodes or
    /// because they were higher before, the event may take no more than the one that it replaces.
    pub(super) fn has_room_for(&self, topic: &str, event: &Event) -> bool {
        let before = self.values.get(topic);
        let freed = before.map_or(0, |before| bytes(topic, &before.event));
        let after = self.bytes - freed + bytes(topic, event);
        let has_place = before.is_some() || self.values.len() < self.max_topics;
        has_place && after <= self.max_bytes.max(self.bytes)
    }

    /// Returns what the topic retained before, to be dropped while no lock is held.
    pub(super) fn put(&mut self, topic: &str, value: Value) -> Option<Value> {
        self.bytes += bytes(topic, &value.event);
        let before = self.values.insert(topic.into(), value);
        self.bytes -= before.as_ref().map_or(0, |before| bytes(topic, &before.event));
        before
    }

    pub(super) fn remove(&mut self, topic: &str) -> Option<Value> {
        let before = self.values.remove(topic)?;
        self.bytes -= bytes(topic, &before.event);
        shrink_map(&mut self.values);
        Some(before)
    }

    pub(super) fn replace_all(&mut self, values: Vec<(Arc<str>, Value)>) {
        (self.values, self.bytes) = (HashMap::new(), 0);
        for (topic, value) in values {
            self.bytes += bytes(&topic, &value.event);
            self.values.insert(topic, value);
        }
    }

    /// Returns what the topic retains, if it was published up to this sequence.
    pub(super) fn get(&self, topic: &str, through: u64) -> Option<&Value> {
        self.values.get(topic).filter(|value| value.at <= through)
    }

    #[cfg(feature = "file")]
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.values.iter().map(|(topic, value)| (&**topic, value))
    }

    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }
}

/// Returns about how many bytes a value takes, as in the log: with the encoding, which the first reader caches.
fn bytes(topic: &str, event: &Event) -> usize {
    VALUE_BYTES + topic.len() + 2 * event::bytes(event)
}
