//! The fields of one event, up to its blank line.

use std::mem;
use std::time::Duration;

use memchr::memchr;

use super::MAX_RETAINED;
use crate::event::Received;
use crate::text::EventStr;

/// The buffers of the standard's algorithm.
pub(super) struct EventBuffer {
    /// With a line feed after each line.
    data: Vec<u8>,
    /// Not an empty one, which is the same as none.
    event: Option<EventStr>,
    /// The ID that is to be the last event ID from the blank line on.
    id: Option<EventStr>,
    last_event_id: EventStr,
    /// The name sent last, which the next event that has one often shares.
    latest_name: EventStr,
    /// Whether an event with an ID was handed out after which the ID was reset.
    id_is_reset: bool,
    /// Not handed out with an event yet.
    retry: Option<Duration>,
    reconnection_time: Option<Duration>,
    /// The bytes of all fields but data since the last blank line.
    other_size: usize,
    /// Whether any field but data has come since the last event.
    has_other: bool,
}

impl Default for EventBuffer {
    fn default() -> Self {
        Self {
            data: Vec::new(),
            event: None,
            id: None,
            last_event_id: EventStr::EMPTY,
            latest_name: EventStr::MESSAGE,
            id_is_reset: false,
            retry: None,
            reconnection_time: None,
            other_size: 0,
            has_other: false,
        }
    }
}

impl EventBuffer {
    /// Returns whether neither the data nor all other fields together exceed the limit.
    pub(super) fn fits(&self, limit: usize) -> bool {
        self.data.len().saturating_sub(1) <= limit && self.other_size <= limit
    }

    pub(super) fn last_event_id(&self) -> &str {
        &self.last_event_id
    }

    pub(super) fn set_last_event_id(&mut self, id: &str) {
        self.last_event_id = EventStr::new(id);
    }

    pub(super) fn reconnection_time(&self) -> Option<Duration> {
        self.reconnection_time
    }

    /// Returns whether anything has come that takes effect with the blank line.
    pub(super) fn is_begun(&self) -> bool {
        let has_new_id = self.id.as_ref().is_some_and(|id| *id != self.last_event_id);
        self.has_data() || self.event.is_some() || has_new_id
    }

    /// Takes a line that is neither empty nor a comment.
    pub(super) fn field(&mut self, line: &[u8]) {
        match line.strip_prefix(b"data:") {
            Some(value) => self.push_data(without_space(value)),
            None => self.other_field(line),
        }
    }

    #[inline]
    pub(super) fn push_data(&mut self, value: &[u8]) {
        self.data.reserve(value.len() + 1);
        self.data.extend_from_slice(value);
        self.data.push(b'\n');
    }

    fn other_field(&mut self, line: &[u8]) {
        let (name, value) = match memchr(b':', line) {
            Some(colon) => (&line[..colon], without_space(&line[colon + 1..])),
            None => (line, &b""[..]),
        };
        if name == b"data" {
            return self.push_data(value);
        }
        self.other_size += line.len();
        self.has_other = true;
        match name {
            b"event" => self.set_name(value),
            b"id" if memchr(0, value).is_none() => self.id = Some(self.last_event_id.or_new(value)),
            b"retry" => {
                if let Some(time) = milliseconds(value) {
                    (self.retry, self.reconnection_time) = (Some(time), Some(time));
                }
            }
            _ => {}
        }
    }

    fn set_name(&mut self, name: &[u8]) {
        self.event = None;
        if !name.is_empty() {
            self.latest_name = self.latest_name.or_new(name);
            self.event = Some(self.latest_name.clone());
        }
    }

    #[inline]
    pub(super) fn has_data(&self) -> bool {
        !self.data.is_empty()
    }

    /// Returns the data so far and the beginning of another line of it, if there is either.
    pub(super) fn data_with(&self, line: Option<&[u8]>) -> Option<Vec<u8>> {
        match line {
            Some(line) => Some([&self.data, line].concat()),
            None => self.data.strip_suffix(b"\n").map(<[u8]>::to_vec),
        }
    }

    /// Returns the event with this data that no blank line has ended. Its ID therefore doesn't count.
    pub(super) fn unfinished(&self, data: Vec<u8>) -> Received {
        Received {
            event: self.event.clone().unwrap_or(EventStr::MESSAGE),
            data: into_string(data).into_string(),
            id: self.last_event_id.clone(),
            retry: self.retry,
            id_is_reset: self.id_is_reset,
        }
    }

    /// Does what a blank line does if there is no data for an event.
    pub(super) fn end_without_data(&mut self) {
        self.event = None;
        self.end();
    }

    /// Does what a blank line does after this data, and returns the event.
    #[inline]
    pub(super) fn dispatch(&mut self, data: String) -> Received {
        if mem::take(&mut self.has_other) {
            self.end();
        }
        Received {
            event: self.event.take().unwrap_or(EventStr::MESSAGE),
            data,
            id: self.last_event_id.clone(),
            retry: self.retry.take(),
            id_is_reset: mem::take(&mut self.id_is_reset),
        }
    }

    fn end(&mut self) {
        self.other_size = 0;
        if let Some(id) = self.id.take() {
            self.set_id(id);
        }
    }

    fn set_id(&mut self, id: EventStr) {
        let had_one = !self.last_event_id.is_empty();
        self.id_is_reset = id.is_empty() && (had_one || self.id_is_reset);
        self.last_event_id = id;
    }

    /// Takes the data out, in memory of its own size.
    pub(super) fn take_data(&mut self) -> Box<str> {
        self.data.pop();
        if self.data.len() < MAX_RETAINED {
            let data = string(&self.data);
            self.data.clear();
            return data;
        }
        into_string(mem::take(&mut self.data))
    }
}

/// Copies the bytes before checking that they are UTF-8: the check is faster on aligned memory.
///
/// A `Box<str>` is returned in registers, where a `String` would be written to memory, read back and
/// written again.
#[inline]
pub(super) fn string(bytes: &[u8]) -> Box<str> {
    into_string(bytes.to_vec())
}

/// Leaves out the one space that may follow the colon.
#[inline]
pub(super) fn without_space(value: &[u8]) -> &[u8] {
    value.strip_prefix(b" ").unwrap_or(value)
}

#[inline]
fn into_string(bytes: Vec<u8>) -> Box<str> {
    match String::from_utf8(bytes) {
        Ok(text) => text.into_boxed_str(),
        Err(error) => lossy(error.as_bytes()),
    }
}

#[cold]
fn lossy(bytes: &[u8]) -> Box<str> {
    String::from_utf8_lossy(bytes).into()
}

/// Parses ASCII digits, saturating.
fn milliseconds(digits: &[u8]) -> Option<Duration> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let digit =
        |number: u64, digit: &u8| number.saturating_mul(10).saturating_add(u64::from(digit - b'0'));
    Some(Duration::from_millis(digits.iter().fold(0, digit)))
}
