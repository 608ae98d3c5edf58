//! An event or an end as an entry of a run's stream in Redis.

use std::time::Duration;

use redis::{RedisResult, Value};
use sse_runtime::Event;

use crate::engine::reply::{array, text, unexpected};
use crate::event;
use crate::runs::RunState;
use crate::runs::state::End;

/// An event or an end, with its sequence.
pub(super) enum Entry {
    Event(u64, Event),
    End(u64, End),
}

/// Returns the names and values of an event's fields, one after the other.
pub(super) fn fields(event: &Event) -> Vec<String> {
    let fields = event.fields();
    // Up to 584 years, which is longer than any client waits.
    let nanoseconds = |retry: Duration| u64::try_from(retry.as_nanos()).unwrap_or(u64::MAX);
    let retry = fields.retry.map(|retry| nanoseconds(retry).to_string());
    let all = [
        ("comment", fields.comment),
        ("retry", retry.as_deref()),
        ("event", fields.event),
        ("data", fields.data),
    ];
    let set = all.into_iter().filter_map(|(name, text)| Some([name.to_owned(), text?.to_owned()]));
    set.flatten().collect()
}

pub(super) fn read_all(value: Value) -> RedisResult<Vec<Entry>> {
    array(value)?.into_iter().map(entry).collect()
}

fn entry(value: Value) -> RedisResult<Entry> {
    let parts = <[Value; 2]>::try_from(array(value)?);
    let [id, fields] = parts.map_err(|_| unexpected("an entry"))?;
    let sequence = text(id)?.split_once('-').and_then(|(sequence, _)| sequence.parse().ok());
    let mut parts = Parts::default();
    let mut fields = array(fields)?.into_iter();
    while let (Some(name), Some(value)) = (fields.next(), fields.next()) {
        parts.add(&text(name)?, text(value)?);
    }
    parts.finish(sequence.ok_or_else(|| unexpected("a sequence"))?)
}

#[derive(Default)]
struct Parts {
    comment: Option<String>,
    retry: Option<Duration>,
    name: Option<String>,
    data: Option<String>,
    end: Option<String>,
    text: Option<String>,
}

impl Parts {
    fn add(&mut self, name: &str, text: String) {
        match name {
            "comment" => self.comment = Some(text),
            "retry" => self.retry = text.parse().ok().map(Duration::from_nanos),
            "event" => self.name = Some(text),
            "data" => self.data = Some(text),
            "end" => self.end = Some(text),
            "text" => self.text = Some(text),
            // A field of a later version.
            _ => {}
        }
    }

    fn finish(self, sequence: u64) -> RedisResult<Entry> {
        let Some(end) = self.end else {
            let event = event::build(self.comment, self.retry, self.name, self.data);
            return Ok(Entry::Event(sequence, event));
        };
        let state = state(&end).ok_or_else(|| unexpected("a state"))?;
        Ok(Entry::End(sequence, End { state, text: self.text.map(Into::into) }))
    }
}

const STATES: [(RunState, &str); 4] = [
    (RunState::Finished, "finished"),
    (RunState::Failed, "failed"),
    (RunState::Stopped, "stopped"),
    (RunState::Lost, "lost"),
];

pub(super) fn state(name: &str) -> Option<RunState> {
    STATES.into_iter().find(|(_, known)| *known == name).map(|(state, _)| state)
}

pub(super) fn state_name(state: RunState) -> &'static str {
    STATES.into_iter().find(|(known, _)| *known == state).map_or("lost", |(_, name)| name)
}
