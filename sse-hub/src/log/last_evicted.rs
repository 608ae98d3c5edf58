//! The last evicted sequences of topics that have no events and no subscriptions any more.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::KnownTopics;
use super::maps::shrink_map;

/// How many topics are remembered.
const MAX: usize = 1 << 16;

/// The last evicted sequence of each topic that is remembered. All others share one floor, which is
/// at least as high as their own would be.
#[derive(Default)]
pub(crate) struct LastEvicted {
    evicted: HashMap<Arc<str>, u64>,
    by_sequence: BTreeSet<(u64, Arc<str>)>,
    shared: u64,
}

impl LastEvicted {
    pub(crate) fn new(known: KnownTopics) -> Self {
        let mut last_evicted = Self { shared: known.others, ..Self::default() };
        for (topic, sequence) in known.topics {
            last_evicted.put(topic, sequence);
        }
        last_evicted
    }

    #[cfg(feature = "file")]
    pub(crate) fn known(&self) -> KnownTopics {
        let topics = self.evicted.iter().map(|(topic, &last)| (Arc::clone(topic), last));
        KnownTopics { topics: topics.collect(), others: self.shared, retained: Vec::new() }
    }

    /// Returns the topic's last evicted sequence, or a higher one, and forgets the topic, which is in use again.
    pub(crate) fn take(&mut self, topic: &str) -> u64 {
        let Some((name, sequence)) = self.evicted.remove_entry(topic) else {
            return self.shared;
        };
        shrink_map(&mut self.evicted);
        self.by_sequence.remove(&(sequence, name));
        sequence
    }

    /// Remembers a topic. If there are too many, forgets the one whose last event is the oldest.
    pub(crate) fn put(&mut self, topic: Arc<str>, sequence: u64) {
        if sequence <= self.shared {
            return;
        }
        self.evicted.insert(Arc::clone(&topic), sequence);
        self.by_sequence.insert((sequence, topic));
        if self.by_sequence.len() > MAX
            && let Some((sequence, topic)) = self.by_sequence.pop_first()
        {
            self.evicted.remove(&topic);
            self.shared = sequence;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_forgotten_shares_one_floor_and_what_is_remembered_has_its_own() {
        let mut last_evicted = LastEvicted::new(KnownTopics::nothing(0));
        for n in 1..=MAX as u64 + 10 {
            last_evicted.put(n.to_string().into(), n);
        }
        assert_eq!(last_evicted.take("never seen"), 10);
        assert_eq!(last_evicted.take("3"), 10);
        assert_eq!(last_evicted.take("11"), 11);
        assert_eq!(last_evicted.take("11"), 10);
    }

    #[test]
    fn a_topic_below_the_shared_floor_takes_no_memory() {
        let mut last_evicted = LastEvicted::new(KnownTopics::nothing(5));
        last_evicted.put("a".into(), 5);
        assert!(last_evicted.evicted.is_empty() && last_evicted.by_sequence.is_empty());
    }
}
