//! An event as a record of the store.
//!
//! | | bytes |
//! |---|---|
//! | when it was published, in milliseconds since 1970 | 8 |
//! | bits: which of the fields below it has, whether its topic retains or forgets, and its neighbours in a group | 1 |
//! | number of topics; for each, its length and its text | 1; 1, any |
//! | comment, name and data: length and text | 4, any |
//! | reconnection time: seconds and nanoseconds | 8, 4 |
//!
//! It holds the fields of an event and not the bytes that clients receive, so no text can become
//! another field. A field that is added later needs another version of the store's format.

use std::time::Duration;

use crate::engine::{Kind, Message};
use crate::event;
use crate::topics::Names;

const COMMENT: u8 = 1;
const NAME: u8 = 2;
const DATA: u8 = 4;
const RETRY: u8 = 8;
/// Its topics retain it.
const RETAINED: u8 = 16;
/// It is no event: its topic forgets what it has retained.
const FORGET: u8 = 32;
/// The next entry belongs to the same group, or the one before does.
const AFTER: u8 = 64;
const BEFORE: u8 = 128;

/// Which of its neighbours are published as one with an entry.
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
    let fields = message.event.fields();
    bytes.extend(time.to_le_bytes());
    let at = bytes.len();
    let (bit, forgets) = match &message.kind {
        Kind::Event => (0, None),
        Kind::Retained => (RETAINED, None),
        Kind::Forget(topic) => (FORGET, Some(&**topic)),
        Kind::End(_) => unreachable!("it is not written to the disk"),
    };
    bytes.push(bit | AFTER * u8::from(of.after) | BEFORE * u8::from(of.before));
    let topics = || message.topics.iter().chain(forgets);
    // There are at most 128 topics of at most 255 bytes.
    bytes.push(topics().count().try_into().unwrap_or(u8::MAX));
    for topic in topics() {
        bytes.push(topic.len().try_into().unwrap_or(u8::MAX));
        bytes.extend(topic.as_bytes());
    }
    for (bit, text) in [(COMMENT, fields.comment), (NAME, fields.event), (DATA, fields.data)] {
        if let Some(text) = text {
            bytes[at] |= bit;
            let len = u32::try_from(text.len()).expect("less than the queue holds");
            bytes.extend(len.to_le_bytes());
            bytes.extend(text.as_bytes());
        }
    }
    if let Some(retry) = fields.retry {
        bytes[at] |= RETRY;
        bytes.extend(retry.as_secs().to_le_bytes());
        bytes.extend(retry.subsec_nanos().to_le_bytes());
    }
}

pub(super) fn read(bytes: &[u8]) -> Option<Entry> {
    let mut rest = Rest(bytes);
    let time = u64::from_le_bytes(rest.array()?);
    let [fields, topics] = rest.array()?;
    let topics = (0..topics).map(|_| {
        let [len] = rest.array()?;
        rest.text(len.into()).map(Into::into)
    });
    let topics = Names::of_log(topics.collect::<Option<_>>()?);
    let mut text = |bit| {
        if fields & bit == 0 {
            return Some(None);
        }
        let len = u32::from_le_bytes(rest.array()?);
        rest.text(len as usize).map(|text| Some(text.to_owned()))
    };
    let (comment, name, data) = (text(COMMENT)?, text(NAME)?, text(DATA)?);
    let retry = if fields & RETRY == 0 { None } else { Some(rest.duration()?) };
    let event = event::assemble(comment, retry, name, data);
    let message = match fields & (RETAINED | FORGET) {
        0 => Message::event(topics, event),
        RETAINED => Message { topics, event, kind: Kind::Retained },
        FORGET => Message::forget(topics.iter().next()?),
        _ => return None,
    };
    let neighbours = Neighbours { before: fields & BEFORE != 0, after: fields & AFTER != 0 };
    rest.0.is_empty().then_some(Entry { time, message, neighbours })
}

struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn text(&mut self, len: usize) -> Option<&'a str> {
        str::from_utf8(self.take(len)?).ok()
    }

    fn duration(&mut self) -> Option<Duration> {
        let seconds = u64::from_le_bytes(self.array()?);
        let nanoseconds = u32::from_le_bytes(self.array()?);
        (nanoseconds < 1_000_000_000).then(|| Duration::new(seconds, nanoseconds))
    }
}

#[cfg(test)]
mod tests {
    use sse_runtime::Event;

    use super::*;

    fn round_trip(topics: &[&str], event: &Event) -> Entry {
        let message = Message::event(Names::new(&topics).unwrap(), event.clone());
        round_trip_of(&message)
    }

    fn round_trip_of(message: &Message) -> Entry {
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
    fn every_event_is_read_as_it_was_written() {
        let longest = "x".repeat(255);
        for event in [
            Event::data("one\ndata: two\r\n")
                .event("n")
                .with_comment("c")
                .with_retry(Duration::MAX),
            Event::data(""),
            Event::comment("of a friend"),
            Event::retry(Duration::from_nanos(1_500_000_001)),
            Event::empty().event("n"),
            Event::empty(),
        ] {
            let entry = round_trip(&["a", &longest, "ö"], &event);
            assert_eq!((entry.time, entry.message.event), (5, event));
            assert!(matches!(entry.message.kind, Kind::Event));
            assert_eq!(entry.message.topics.iter().collect::<Vec<_>>(), ["a", &longest, "ö"]);
        }
    }

    #[test]
    fn what_topics_retain_and_forget_is_read_as_it_was_written() {
        let (topics, event) = (Names::new(&"a").unwrap(), Event::data("x"));
        let retained = Message { topics, event, kind: Kind::Retained };
        let read = round_trip_of(&retained).message;
        assert!(matches!(read.kind, Kind::Retained) && read.event == retained.event);
        let read = round_trip_of(&Message::forget("a")).message;
        assert!(matches!(&read.kind, Kind::Forget(topic) if &**topic == "a"));
        assert_eq!(read.topics.iter().len(), 0, "it is no event of the topic");
    }
}
