//! The notes at the beginning of a segment, on everything before it: the last sequence of each topic, and what
//! topics retain. So the oldest segment that is left tells both, and no other file is needed.
//!
//! | for each value that a topic retains | bytes |
//! |---|---|
//! | the sequence at which it was published | 8 |
//! | length of what follows | 4 |
//! | the topic and the event, as an [entry](super::entry) | any |

use std::sync::Arc;

use super::entry::{self, Neighbours};
use super::last_sequences::LastSequences;
use crate::log::{Retained, Value};
use crate::message::{Kind, Message};
use crate::topics::Names;

pub(super) fn write(last: &mut LastSequences, retained: &Retained) -> Vec<u8> {
    let mut notes = last.write();
    for (topic, Value { event, at }) in retained.iter() {
        let topics = Names::of_log(vec![topic.into()]);
        let message = Message { topics, event: event.clone(), kind: Kind::Retained };
        notes.extend(at.to_le_bytes());
        let begin = notes.len();
        notes.extend([0; 4]);
        entry::write(&mut notes, 0, &message, Neighbours::default());
        let len = u32::try_from(notes.len() - begin - 4).expect("an event of less than 4 GiB");
        notes[begin..begin + 4].copy_from_slice(&len.to_le_bytes());
    }
    notes
}

type Read = (LastSequences, Vec<(Arc<str>, Value)>);

pub(super) fn read(notes: &[u8]) -> Option<Read> {
    let (last, mut rest) = LastSequences::read(notes)?;
    let mut retained = Vec::new();
    while !rest.is_empty() {
        let (at, after) = rest.split_first_chunk()?;
        let (len, after) = after.split_first_chunk()?;
        let len = usize::try_from(u32::from_le_bytes(*len)).ok()?;
        let (bytes, after) = after.split_at_checked(len)?;
        let Message { topics, event, .. } = entry::read(bytes)?.message;
        let value = Value { event: event.into_shared(), at: u64::from_le_bytes(*at) };
        retained.push((topics.iter().next()?.into(), value));
        rest = after;
    }
    Some((last, retained))
}

#[cfg(test)]
mod tests {
    use sse_runtime::Event;

    use super::*;
    use crate::limits::Limits;
    use crate::log::{KnownTopics, Log, Origin};

    #[test]
    fn what_topics_retain_is_read_as_it_was_written_and_what_is_cut_off_is_not() {
        let values = ["a", "b"].map(|topic| {
            let event = Event::data(topic.repeat(9)).event("n").into_shared();
            (Arc::from(topic), Value { event, at: 7 })
        });
        let known = KnownTopics { retained: values.to_vec(), ..KnownTopics::nothing(9) };
        let log = Log::new(&Limits::default(), Origin { epoch: 1, through: 9 }, known);
        let (mut last, _) = LastSequences::read(&[]).unwrap();
        last.note(&Names::new(&"a").unwrap(), 7);
        let notes = write(&mut last, log.retained());
        let (last, mut retained) = read(&notes).unwrap();
        assert_eq!(last.known().topics, [("a".into(), 7)]);
        retained.sort_by(|(a, _), (b, _)| a.cmp(b));
        for ((topic, value), (expected, before)) in retained.iter().zip(&values) {
            assert_eq!((topic, value.at, &value.event), (expected, before.at, &before.event));
        }
        let whole = (1..=notes.len()).filter(|&len| read(&notes[..len]).is_some()).count();
        assert_eq!(whole, 3, "after the sequences, and after each value");
    }
}
