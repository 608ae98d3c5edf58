//! The last sequence of each topic, which a segment of the store notes of all that came before it,
//! so that clients of a quiet topic are not told of a gap that isn't there.

use std::collections::HashMap;
use std::sync::Arc;

use crate::log::KnownTopics;
use crate::topics::Names;

/// How many topics are noted. All others share one sequence, at least as high as their own.
const MAX: usize = 1 << 16;

pub(super) struct LastSequences {
    topics: HashMap<Arc<str>, u64>,
    others: u64,
    max: usize,
}

impl LastSequences {
    fn new(max: usize) -> Self {
        Self { topics: HashMap::new(), others: 0, max }
    }

    pub(super) fn note(&mut self, topics: &Names, sequence: u64) {
        for topic in topics.iter() {
            match self.topics.get_mut(topic) {
                Some(last) => *last = sequence,
                None => _ = self.topics.insert(topic.into(), sequence),
            }
        }
        // Only once in a while, since it looks through all of them.
        if self.topics.len() > 2 * self.max {
            self.forget();
        }
    }

    /// Forgets the topics whose last event is the oldest.
    fn forget(&mut self) {
        let Some(too_many) = self.topics.len().checked_sub(self.max).filter(|&count| count > 0)
        else {
            return;
        };
        let mut sequences: Vec<u64> = self.topics.values().copied().collect();
        let (_, &mut newest, _) = sequences.select_nth_unstable(too_many - 1);
        self.topics.retain(|_, last| *last > newest);
        self.others = self.others.max(newest);
    }

    pub(super) fn known(&self) -> KnownTopics {
        let topics = self.topics.iter().map(|(topic, &last)| (Arc::clone(topic), last));
        KnownTopics { topics: topics.collect(), others: self.others, retained: Vec::new() }
    }

    /// Encodes them for the notes of a segment: the sequence of the others, and for each topic its sequence, the
    /// length of its name, and its name. A topic without a name ends the list.
    pub(super) fn write(&mut self) -> Vec<u8> {
        self.forget();
        let mut notes = self.others.to_le_bytes().to_vec();
        for (topic, last) in &self.topics {
            notes.extend(last.to_le_bytes());
            notes.push(topic.len().try_into().unwrap_or(u8::MAX));
            notes.extend(topic.as_bytes());
        }
        notes.extend([0; 9]);
        notes
    }

    /// Decodes them, and returns what comes after them. A new log has no notes.
    pub(super) fn read(notes: &[u8]) -> Option<(Self, &[u8])> {
        let mut read = Self::new(MAX);
        if notes.is_empty() {
            return Some((read, notes));
        }
        let (others, mut rest) = notes.split_first_chunk()?;
        read.others = u64::from_le_bytes(*others);
        loop {
            let (last, after) = rest.split_first_chunk()?;
            let (&len, after) = after.split_first()?;
            let (topic, after) = after.split_at_checked(len.into())?;
            if len == 0 {
                return Some((read, after));
            }
            let last = u64::from_le_bytes(*last);
            read.topics.insert(str::from_utf8(topic).ok()?.into(), last);
            rest = after;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_that_are_forgotten_share_a_sequence_and_the_others_keep_theirs() {
        let mut sequences = LastSequences::new(10);
        for n in 1..=100 {
            sequences.note(&Names::new(&format!("{}", n % 50)).unwrap(), n);
        }
        let read = LastSequences::read(&sequences.write()).unwrap().0.known();
        assert_eq!(read.others, 90);
        let mut topics: Vec<_> =
            read.topics.iter().map(|(topic, last)| (&**topic, *last)).collect();
        topics.sort_by_key(|&(_, last)| last);
        assert_eq!(topics[0], ("41", 91));
        assert_eq!(topics[9], ("0", 100));
        assert_eq!(topics.len(), 10);
    }

    #[test]
    fn a_new_log_has_no_notes_and_what_is_cut_off_is_none() {
        assert_eq!(LastSequences::read(&[]).unwrap().0.known().others, 0);
        let mut sequences = LastSequences::new(10);
        sequences.note(&Names::new(&"topic").unwrap(), 7);
        let notes = sequences.write();
        for len in 1..notes.len() {
            assert!(LastSequences::read(&notes[..len]).is_none(), "{len}");
        }
    }
}
