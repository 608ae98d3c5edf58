//! The notes at the beginning of a segment, on everything before it: the last sequence of each topic, so that clients of a
//! quiet topic are not told of a gap that isn't one, and what topics retain. So the oldest segment that is left tells both,
//! and no other file is needed. A new log has no notes.
//!
//! | | bytes |
//! |---|---|
//! | a sequence, at least as high as that of each topic which isn't noted | 8 |
//! | for each topic: its sequence, its length and its name | 8, 1, any |
//! | the same, of a topic without a name | 9 |
//!
//! | for each value that a topic retains | bytes |
//! |---|---|
//! | the sequence at which it was published | 8 |
//! | length of what follows | 4 |
//! | the topic and the event, as an [entry](super::entry) | any |

use std::sync::Arc;

use super::entry::{self, Neighbours};
use sse_runtime::IntoText as _;

use crate::few::Few;
use crate::fields::Rest;
use crate::log::{KnownTopics, Log, Value};
use crate::message::{Kind, Message};
use crate::topics::Names;

pub(super) fn write(log: &Log) -> Vec<u8> {
    let known = log.known();
    let mut notes = known.others.to_le_bytes().to_vec();
    for (topic, last) in &known.topics {
        notes.extend(last.to_le_bytes());
        notes.push(topic.len().try_into().unwrap_or(u8::MAX));
        notes.extend(topic.as_bytes());
    }
    notes.extend([0; 9]);
    for (topic, Value { event, at }) in log.retained().iter() {
        let topics = Names::of_log(Few::One(topic.into_text()));
        let message = Message::new(Kind::Retained, topics, event.clone());
        notes.extend(at.to_le_bytes());
        let begin = notes.len();
        notes.extend([0; 4]);
        entry::write(&mut notes, 0, &message, Neighbours::default());
        let len = u32::try_from(notes.len() - begin - 4).expect("an event of less than 4 GiB");
        notes[begin..begin + 4].copy_from_slice(&len.to_le_bytes());
    }
    notes
}

pub(super) fn read(notes: &[u8]) -> Option<KnownTopics> {
    if notes.is_empty() {
        return Some(KnownTopics::nothing(0));
    }
    let mut rest = Rest(notes);
    let mut known = KnownTopics::nothing(rest.number()?);
    loop {
        let (last, [len]) = (rest.number()?, rest.array()?);
        if len == 0 {
            break;
        }
        known.topics.push((rest.text(len.into())?.into(), last));
    }
    while !rest.0.is_empty() {
        known.retained.push(value(&mut rest)?);
    }
    Some(known)
}

fn value(rest: &mut Rest<'_>) -> Option<(Arc<str>, Value)> {
    let (at, len) = (rest.number()?, u32::from_le_bytes(rest.array()?));
    let Message { topics, event, .. } = entry::read(rest.take(len as usize)?)?.message;
    Some((topics.iter().next()?.into(), Value { event: event.into_shared(), at }))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use sse_runtime::Event;
    use tokio::time::Instant;

    use super::*;
    use crate::limits::Limits;
    use crate::log::Origin;

    fn log(limits: &Limits, known: KnownTopics) -> Log {
        Log::new(limits, Origin { epoch: 1, through: 9 }, known)
    }

    fn append(log: &mut Log, topic: &str) {
        let message = Message::event(Names::new(&topic).unwrap(), Event::data("x"));
        log.append(message, Instant::now(), Duration::ZERO);
    }

    #[test]
    fn the_last_event_of_each_topic_is_noted_whether_or_not_it_is_left() {
        let before = KnownTopics { topics: vec![("old".into(), 7)], ..KnownTopics::nothing(5) };
        let mut log = log(&Limits { max_bytes: 1, ..Limits::default() }, before);
        for topic in ["evicted", "both", "both"] {
            append(&mut log, topic);
        }
        drop(log.evict(Instant::now()));
        assert_eq!(log.events(), 1);
        log.subscribe(&Names::new(&["old", "never seen"]).unwrap());
        let mut known = read(&write(&log)).unwrap();
        known.topics.sort();
        let expected = [("both", 12), ("evicted", 10), ("old", 7)];
        assert_eq!(known.topics, expected.map(|(topic, last)| (topic.into(), last)));
        assert_eq!(known.others, 5);
    }

    #[test]
    fn what_topics_retain_is_read_as_it_was_written_and_what_is_cut_off_is_not() {
        let values = ["a", "b"].map(|topic| {
            let event = Event::data(topic.repeat(9)).event("n").into_shared();
            (Arc::from(topic), Value { event, at: 7 })
        });
        let topics = vec![("a".into(), 7)];
        let known = KnownTopics { topics, others: 3, retained: values.to_vec() };
        let notes = write(&log(&Limits::default(), known));
        let KnownTopics { topics, mut retained, .. } = read(&notes).unwrap();
        assert_eq!(topics, [("a".into(), 7)]);
        retained.sort_by(|(a, _), (b, _)| a.cmp(b));
        for ((topic, value), (expected, before)) in retained.iter().zip(&values) {
            assert_eq!((topic, value.at, &value.event), (expected, before.at, &before.event));
        }
        let whole = (1..=notes.len()).filter(|&len| read(&notes[..len]).is_some()).count();
        assert_eq!(whole, 3, "after the sequences, and after each value");
    }

    #[test]
    fn nothing_is_known_of_a_new_log() {
        let known = read(&[]).unwrap();
        assert!(known.topics.is_empty() && known.retained.is_empty() && known.others == 0);
    }
}
