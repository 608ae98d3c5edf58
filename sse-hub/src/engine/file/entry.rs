//! An event as a record of the store.
//!
//! | | bytes |
//! |---|---|
//! | when it was published, in milliseconds since 1970 | 8 |
//! | 0 for an event; 1 if its topics retain it; 2 if its topic forgets what it has retained. To this, 64 is added if the next entry belongs to the same group, and 128 if the one before does | 1 |
//! | number of topics; for each, its length and its text | 1; 1, any |
//! | its fields | any |

use sse_runtime::IntoText;

use crate::fields::{self, Rest};
use crate::message::{Kind, Message};
use crate::topics::Names;

const EVENT: u8 = 0;
const RETAINED: u8 = 1;
const FORGET: u8 = 2;
/// Added to these.
const AFTER: u8 = 64;
const BEFORE: u8 = 128;

/// Which neighbours of an entry belong to its group.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Neighbours {
    pub(super) before: bool,
    pub(super) after: bool,
}

pub(super) struct Entry {
    /// In milliseconds since 1970.
    pub(super) time: u64,
    pub(super) message: Message,
    pub(super) neighbours: Neighbours,
}

pub(super) fn write(bytes: &mut Vec<u8>, time: u64, message: &Message, of: Neighbours) {
    bytes.extend(time.to_le_bytes());
    let (kind, forgets) = match &message.kind {
        Kind::Event => (EVENT, None),
        Kind::Retained => (RETAINED, None),
        Kind::Forget(topic) => (FORGET, Some(&**topic)),
        Kind::End(_) => unreachable!("it is not written to the disk"),
    };
    let after = if of.after { AFTER } else { 0 };
    let before = if of.before { BEFORE } else { 0 };
    bytes.push(kind | after | before);
    let topics = || message.topics.iter().chain(forgets);
    // There are at most 128 topics of at most 255 bytes.
    bytes.push(topics().count().try_into().unwrap_or(u8::MAX));
    for topic in topics() {
        bytes.push(topic.len().try_into().unwrap_or(u8::MAX));
        bytes.extend(topic.as_bytes());
    }
    fields::write(bytes, &message.event);
}

pub(super) fn read(bytes: &[u8]) -> Option<Entry> {
    let mut rest = Rest(bytes);
    let time = rest.number()?;
    let [kind, topics] = rest.array()?;
    let topics = (0..topics).map(|_| {
        let [len] = rest.array()?;
        rest.text(len.into()).map(IntoText::into_text)
    });
    let topics = Names::of_log(topics.collect::<Option<_>>()?);
    let event = fields::read(rest)?;
    let neighbours = Neighbours { before: kind & BEFORE != 0, after: kind & AFTER != 0 };
    let message = match kind & !(BEFORE | AFTER) {
        EVENT => Message::event(topics, event),
        RETAINED => Message::new(Kind::Retained, topics, event),
        FORGET => Message::forget(topics.iter().next()?),
        _ => return None,
    };
    Some(Entry { time, message, neighbours })
}

#[cfg(test)]
mod tests {
    use sse_runtime::Event;

    use super::*;

    /// Checks that a message is read as it was written, and that no part of it is read.
    fn round_trip(message: &Message) -> Entry {
        let mut bytes = Vec::new();
        let neighbours = Neighbours { before: true, after: false };
        write(&mut bytes, 5, message, neighbours);
        for len in 0..bytes.len() {
            assert!(read(&bytes[..len]).is_none(), "{len} of {} bytes", bytes.len());
        }
        let entry = read(&bytes).unwrap();
        assert_eq!(entry.neighbours, neighbours);
        entry
    }

    #[test]
    fn every_event_is_read_with_its_topics_and_nothing_that_was_cut_off() {
        let longest = "x".repeat(255);
        let topics = ["a", &*longest, "ö"];
        let event = Event::data("one\ntwo").event("n").with_comment("c");
        let entry = round_trip(&Message::event(Names::new(&topics).unwrap(), event.clone()));
        assert_eq!((entry.time, entry.message.event), (5, event));
        assert!(matches!(entry.message.kind, Kind::Event));
        assert_eq!(entry.message.topics.iter().collect::<Vec<_>>(), topics);
    }

    #[test]
    fn what_topics_retain_and_forget_is_read_as_it_was_written() {
        let (topics, event) = (Names::new(&"a").unwrap(), Event::data("x"));
        let retained = Message::new(Kind::Retained, topics, event);
        let read = round_trip(&retained).message;
        assert!(matches!(read.kind, Kind::Retained) && read.event == retained.event);
        let read = round_trip(&Message::forget("a")).message;
        assert!(matches!(&read.kind, Kind::Forget(topic) if &**topic == "a"));
        assert_eq!(read.topics.iter().len(), 0, "it is no event of the topic");
    }
}
