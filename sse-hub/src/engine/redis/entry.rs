//! An event as an entry of Redis' stream: its fields, and how it follows the entry before.

use std::time::Duration;

use redis::{Cmd, RedisResult, Value};
use sse_runtime::Event;

use super::reply::{array, text, unexpected};
use crate::engine::Message;
use crate::topics::Names;

/// A place in the log: the stream's ID, and the token that only the event at it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) time: u64,
    pub(super) sequence: u64,
    pub(super) token: u64,
}

impl Place {
    /// The stream's ID.
    pub(super) fn id(self) -> String {
        format!("{}-{}", self.time, self.sequence)
    }
}

/// An entry that is one of the hub's.
pub(super) struct Entry {
    pub(super) epoch: u64,
    pub(super) place: Place,
    /// The token of the entry before.
    pub(super) before: u64,
    pub(super) topics: Names,
    /// The last sequence that each topic had before.
    pub(super) last: Vec<u64>,
    pub(super) event: Event,
}

impl Entry {
    /// Whether it comes directly after this place of the same history.
    pub(super) fn follows(&self, epoch: u64, place: Place) -> bool {
        let is_next = self.place.sequence == place.sequence + 1;
        self.epoch == epoch && is_next && self.before == place.token
    }
}

/// Adds the topics and the fields as the arguments of the script.
pub(super) fn write(command: &mut Cmd, message: &Message) {
    command.arg(message.topics.iter().len());
    for topic in message.topics.iter() {
        command.arg(topic);
    }
    let fields = message.event.fields();
    for (name, text) in [("c", fields.comment), ("n", fields.event), ("d", fields.data)] {
        if let Some(text) = text {
            command.arg(name).arg(text);
        }
    }
    if let Some(retry) = fields.retry {
        command.arg("r").arg(retry.as_nanos().to_string());
    }
}

/// What is at one ID of the stream.
pub(super) struct Slot {
    pub(super) id: String,
    /// `None` if a stranger has written it.
    pub(super) entry: Option<Entry>,
}

pub(super) fn read_all(value: Value) -> RedisResult<Vec<Slot>> {
    array(value)?.into_iter().map(slot).collect()
}

fn slot(value: Value) -> RedisResult<Slot> {
    let parts = <[Value; 2]>::try_from(array(value)?);
    let [id, fields] = parts.map_err(|_| unexpected("an entry"))?;
    let id = text(id)?;
    Ok(Slot { entry: entry(&id, fields), id })
}

fn entry(id: &str, fields: Value) -> Option<Entry> {
    let (time, sequence) = id.split_once('-')?;
    let mut fields = array(fields).ok()?.into_iter().map(text);
    let mut parts = Parts::default();
    while let Some(name) = fields.next() {
        parts.add(&name.ok()?, fields.next()?.ok()?)?;
    }
    parts.finish(time.parse().ok()?, sequence.parse().ok()?)
}

#[derive(Default)]
struct Parts {
    head: Option<(u64, u64, u64)>,
    topics: Vec<String>,
    last: Vec<u64>,
    comment: Option<String>,
    name: Option<String>,
    data: Option<String>,
    retry: Option<Duration>,
}

impl Parts {
    fn add(&mut self, name: &str, text: String) -> Option<()> {
        match name {
            "h" => self.head = Some(head(&text)?),
            "t" => {
                let (last, topic) = text.split_once(' ')?;
                self.last.push(last.parse().ok()?);
                self.topics.push(topic.to_owned());
            }
            "c" => self.comment = Some(text),
            "n" => self.name = Some(text),
            "d" => self.data = Some(text),
            "r" => self.retry = Some(nanoseconds(&text)?),
            // Of a later version.
            _ => {}
        }
        Some(())
    }

    fn finish(self, time: u64, sequence: u64) -> Option<Entry> {
        let (epoch, token, before) = self.head?;
        let topics = Names::new(&self.topics).ok()?;
        let event = event(self.comment, self.retry, self.name, self.data);
        let place = Place { time, sequence, token };
        Some(Entry { epoch, place, before, topics, last: self.last, event })
    }
}

fn head(text: &str) -> Option<(u64, u64, u64)> {
    let mut numbers = text.split(' ').map(|number| u64::from_str_radix(number, 16).ok());
    Some((numbers.next()??, numbers.next()??, numbers.next()??))
}

fn nanoseconds(text: &str) -> Option<Duration> {
    let nanoseconds: u128 = text.parse().ok()?;
    let seconds = u64::try_from(nanoseconds / 1_000_000_000).ok()?;
    Some(Duration::new(seconds, u32::try_from(nanoseconds % 1_000_000_000).ok()?))
}

/// Makes the event of its fields again, so that no text of theirs can become another field.
fn event(
    comment: Option<String>,
    retry: Option<Duration>,
    name: Option<String>,
    data: Option<String>,
) -> Event {
    let event = match (data, comment, retry) {
        (Some(data), comment, retry) => with(Event::data(data), comment, retry),
        (None, Some(comment), retry) => with(Event::comment(comment), None, retry),
        (None, None, Some(retry)) => Event::retry(retry),
        (None, None, None) => Event::empty(),
    };
    match name {
        Some(name) => event.event(name),
        None => event,
    }
}

fn with(event: Event, comment: Option<String>, retry: Option<Duration>) -> Event {
    let event = match comment {
        Some(comment) => event.with_comment(comment),
        None => event,
    };
    match retry {
        Some(retry) => event.with_retry(retry),
        None => event,
    }
}
