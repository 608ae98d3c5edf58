//! An event as an entry of Redis' stream: its fields, and how it follows the entry before.

use std::time::Duration;

use redis::{Cmd, RedisResult, Value};
use sse_runtime::{Event, IntoText as _, Text};

use super::reply::{array, text, unexpected};
use crate::event;
use crate::event_id::EventId;
use crate::few::Few;
use crate::log::Origin;
use crate::message::{Kind, Message};
use crate::topics::Names;

/// A place in the log: the stream's ID, and the token that only the event at it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) time: u64,
    pub(super) sequence: u64,
    pub(super) token: u64,
}

impl Place {
    /// Returns the stream's ID.
    pub(super) fn id(self) -> String {
        format!("{}-{}", self.time, self.sequence)
    }

    /// Returns what orders the stream's IDs.
    pub(super) fn order(self) -> (u64, u64) {
        (self.time, self.sequence)
    }
}

/// The last event of a history, or of what is known of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tip {
    pub(super) epoch: u64,
    pub(super) place: Place,
}

impl Tip {
    /// Nothing is known of any history.
    pub(super) const NONE: Self =
        Self { epoch: Origin::NONE.epoch, place: Place { time: 0, sequence: 0, token: 0 } };

    pub(super) fn position(self) -> EventId {
        EventId { epoch: self.epoch, sequence: self.place.sequence }
    }
}

/// An entry that is one of the hub's.
pub(super) struct Entry {
    pub(super) tip: Tip,
    /// The token of the entry before.
    pub(super) before: u64,
    /// `None` if a later version of this crate has written it, and this one doesn't understand it.
    pub(super) body: Option<Body>,
}

/// What an entry says.
pub(super) struct Body {
    pub(super) message: Message,
    /// The last sequence that each topic had before.
    pub(super) last: Vec<u64>,
    /// `None` if it was published alone.
    pub(super) part: Option<Part>,
}

/// Which of the events that are published as one an event is: the first is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) at: usize,
    pub(super) of: usize,
}

impl Part {
    fn parse(text: &str) -> Option<Self> {
        let (at, of) = text.split_once('/')?;
        let part = Self { at: at.parse().ok()?, of: of.parse().ok()? };
        (1..=part.of).contains(&part.at).then_some(part)
    }
}

impl Entry {
    /// Returns whether this entry directly follows that event.
    pub(super) fn follows(&self, tip: Tip) -> bool {
        let is_next = self.tip.place.sequence == tip.place.sequence + 1;
        self.tip.epoch == tip.epoch && is_next && self.before == tip.place.token
    }

    /// Returns whether this entry, which comes after that event in the same history, shows that the event was replaced: its
    /// number isn't higher, or it directly follows another event.
    pub(super) fn replaces(&self, tip: Tip) -> bool {
        let (next, seen) = (self.tip.place.sequence, tip.place.sequence);
        let is_other = next <= seen || (next == seen + 1 && self.before != tip.place.token);
        self.tip.epoch == tip.epoch && is_other
    }

    /// Returns about how many bytes its texts take.
    pub(super) fn bytes(&self) -> usize {
        self.body.as_ref().map_or(0, |body| body.message.bytes())
    }
}

/// Adds the topics and the fields as the arguments of the script.
pub(super) fn write(command: &mut Cmd, message: &Message, Part { at, of }: Part) {
    command.arg(message.topics.iter().len());
    for topic in message.topics.iter() {
        command.arg(topic);
    }
    let fields = message.event.fields();
    let retry = fields.retry.map(|retry| retry.as_nanos().to_string());
    let kind = match &message.kind {
        Kind::Event => None,
        // An older version that doesn't understand it takes it for an event like any other.
        Kind::Retained => Some(("k", "")),
        // An older version that doesn't understand these takes them for events of no topic, so nobody misses anything.
        Kind::Forget(topic) => Some(("f", &**topic)),
        Kind::End(tag) => Some(("e", &**tag)),
    };
    let (name, value) = kind.unzip();
    // An older version that doesn't understand it takes each for an event like any other.
    let part = (of > 1).then(|| format!("{at}/{of}"));
    let texts = [
        // The script expects the kind to be the first field.
        (name.unwrap_or_default(), value),
        ("c", fields.comment),
        ("n", fields.event),
        ("d", fields.data),
        ("r", retry.as_deref()),
        ("g", part.as_deref()),
    ];
    command.arg(2 * texts.iter().filter(|(_, text)| text.is_some()).count());
    for (name, text) in texts {
        if let Some(text) = text {
            command.arg(name).arg(text);
        }
    }
}

/// What is at one ID of the stream.
pub(super) struct Slot {
    pub(super) id: String,
    /// `None` if someone other than a hub has written it.
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
    let mut fields = array(fields).ok()?.into_iter();
    let mut head = None;
    let mut body = Some(Parts::default());
    while let (Some(name), Some(value)) = (fields.next(), fields.next()) {
        let field = text(name).and_then(|name| Ok((name, text(value)?)));
        match field {
            Ok((name, text)) if name == "h" => head = Some(numbers(&text)?),
            field => {
                body = body
                    .and_then(|parts| field.ok().and_then(|(name, text)| parts.with(&name, text)));
            }
        }
    }
    let (epoch, token, before) = head?;
    let place = Place { time: time.parse().ok()?, sequence: sequence.parse().ok()?, token };
    Some(Entry { tip: Tip { epoch, place }, before, body: body.map(Parts::finish) })
}

/// Reads the event of a retained value, which the script wrote: names and texts of fields, each with its length.
pub(super) fn read_fields(mut text: &str) -> Option<Event> {
    let mut parts = Parts::default();
    while !text.is_empty() {
        let mut next = || {
            let (len, rest) = text.split_once(':')?;
            let (field, rest) = rest.split_at_checked(len.parse().ok()?)?;
            text = rest;
            Some(field)
        };
        let (name, value) = (next()?, next()?);
        parts = parts.with(name, value.to_owned())?;
    }
    Some(parts.finish().message.event)
}

#[derive(Default)]
struct Parts {
    topics: Few<Text>,
    last: Vec<u64>,
    comment: Option<String>,
    name: Option<String>,
    data: Option<String>,
    retry: Option<Duration>,
    kind: Option<Kind>,
    part: Option<Part>,
}

impl Parts {
    /// Adds a field, or returns `None` if this version doesn't understand the entry because of it.
    fn with(mut self, name: &str, text: String) -> Option<Self> {
        match name {
            "t" => {
                let (last, topic) = text.split_once(' ')?;
                self.last.push(last.parse().ok()?);
                self.topics.push(topic.into_text());
            }
            "c" => self.comment = Some(text),
            "n" => self.name = Some(text),
            "d" => self.data = Some(text),
            "r" => self.retry = Some(nanoseconds(&text)?),
            "k" => self.kind = Some(Kind::Retained),
            "f" => self.kind = Some(Kind::Forget(text.into())),
            "e" => self.kind = Some(Kind::End(text.into())),
            "g" => self.part = Some(Part::parse(&text)?),
            // A field of a later version. A capital says that the entry means something else without it.
            _ if name.starts_with(|first: char| first.is_ascii_uppercase()) => return None,
            _ => {}
        }
        Some(self)
    }

    fn finish(self) -> Body {
        let event = event::build(self.comment, self.retry, self.name, self.data);
        let kind = self.kind.unwrap_or(Kind::Event);
        let message = Message::new(kind, Names::of_log(self.topics), event);
        Body { message, last: self.last, part: self.part }
    }
}

fn numbers(text: &str) -> Option<(u64, u64, u64)> {
    let mut numbers = text.split(' ').map(|number| u64::from_str_radix(number, 16).ok());
    Some((numbers.next()??, numbers.next()??, numbers.next()??))
}

fn nanoseconds(text: &str) -> Option<Duration> {
    let nanoseconds: u128 = text.parse().ok()?;
    let seconds = u64::try_from(nanoseconds / 1_000_000_000).ok()?;
    Some(Duration::new(seconds, u32::try_from(nanoseconds % 1_000_000_000).ok()?))
}
