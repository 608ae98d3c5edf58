//! An event as a record of the store.
//!
//! | | bytes |
//! |---|---|
//! | when it was published, in milliseconds since 1970 | 8 |
//! | number of topics; for each, its length and its text | 1; 1, any |
//! | its fields | any |

use sse_runtime::Event;

use crate::engine::Message;
use crate::fields::{self, Rest};
use crate::topics::Names;

pub(super) struct Entry {
    /// In milliseconds since 1970.
    pub(super) time: u64,
    pub(super) topics: Names,
    pub(super) event: Event,
}

pub(super) fn write(bytes: &mut Vec<u8>, time: u64, message: &Message) {
    bytes.extend(time.to_le_bytes());
    // There are at most 128 topics of at most 255 bytes.
    bytes.push(message.topics.iter().len().try_into().unwrap_or(u8::MAX));
    for topic in message.topics.iter() {
        bytes.push(topic.len().try_into().unwrap_or(u8::MAX));
        bytes.extend(topic.as_bytes());
    }
    fields::write(bytes, &message.event);
}

pub(super) fn read(bytes: &[u8]) -> Option<Entry> {
    let mut rest = Rest(bytes);
    let time = rest.number()?;
    let [topics] = rest.array()?;
    let topics = (0..topics).map(|_| {
        let [len] = rest.array()?;
        rest.text(len.into()).map(Into::into)
    });
    let topics = Names::of_log(topics.collect::<Option<_>>()?);
    Some(Entry { time, topics, event: fields::read(rest)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_is_read_with_its_topics_and_nothing_that_was_cut_off() {
        let longest = "x".repeat(255);
        let topics = ["a", &*longest, "ö"];
        let event = Event::data("one\ntwo").event("n").with_comment("c");
        let message = Message { topics: Names::new(&topics).unwrap(), event: event.clone() };
        let mut bytes = Vec::new();
        write(&mut bytes, 5, &message);
        for len in 0..bytes.len() {
            assert!(read(&bytes[..len]).is_none(), "{len} of {} bytes", bytes.len());
        }
        let entry = read(&bytes).unwrap();
        assert_eq!((entry.time, entry.event), (5, event));
        assert_eq!(entry.topics.iter().collect::<Vec<_>>(), topics);
    }
}
