//! The fields of one event, up to its blank line.

use std::time::Duration;

use memchr::memchr;

use super::KEPT;
use crate::event::Short;
use crate::{IntoText as _, Received, Text};

const MESSAGE: Text = Text::from_static("message");
const EMPTY: Text = Text::from_static("");

/// What the standard calls the buffers.
pub(super) struct Block {
    /// With a line feed after each line.
    data: Vec<u8>,
    /// Not an empty one, which is the same as none.
    event: Option<Text>,
    /// The ID that is to be the last event ID from the blank line on.
    id: Option<Text>,
    last_event_id: Text,
    /// Whether an event with an ID was handed out after which the ID was reset.
    id_is_reset: bool,
    /// Not handed out with an event yet.
    retry: Option<Duration>,
    reconnection_time: Option<Duration>,
    /// The bytes of all fields but data since the last blank line.
    other_size: usize,
}

impl Default for Block {
    fn default() -> Self {
        Self {
            data: Vec::new(),
            event: None,
            id: None,
            last_event_id: EMPTY,
            id_is_reset: false,
            retry: None,
            reconnection_time: None,
            other_size: 0,
        }
    }
}

impl Block {
    /// Whether there is no more data than this, and no more of all the rest.
    pub(super) fn fits(&self, limit: usize) -> bool {
        self.data.len().saturating_sub(1) <= limit && self.other_size <= limit
    }

    pub(super) fn last_event_id(&self) -> &str {
        &self.last_event_id
    }

    pub(super) fn set_last_event_id(&mut self, id: &str) {
        self.last_event_id = id.into_text();
    }

    pub(super) fn reconnection_time(&self) -> Option<Duration> {
        self.reconnection_time
    }

    /// Whether there is anything that a blank line would bring to the client.
    pub(super) fn is_begun(&self) -> bool {
        let has_new_id = self.id.as_ref().is_some_and(|id| *id != self.last_event_id);
        self.has_data() || self.event.is_some() || has_new_id
    }

    /// Takes a line that is neither empty nor a comment.
    #[inline]
    pub(super) fn field(&mut self, line: &[u8]) {
        // The most common by far.
        if let Some(value) = line.strip_prefix(b"data:") {
            return self.push_data(without_space(value));
        }
        self.other_field(line);
    }

    #[inline]
    fn push_data(&mut self, value: &[u8]) {
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
        match name {
            b"event" => self.event = Some(text(value)).filter(|name| !name.is_empty()),
            b"id" if memchr(0, value).is_none() => self.id = Some(text(value)),
            b"retry" => {
                if let Some(time) = milliseconds(value) {
                    (self.retry, self.reconnection_time) = (Some(time), Some(time));
                }
            }
            _ => {}
        }
    }

    #[inline]
    pub(super) fn has_data(&self) -> bool {
        !self.data.is_empty()
    }

    /// What a blank line does: the event, if there is data for one.
    #[inline]
    pub(super) fn dispatch(&mut self) -> Option<Received> {
        if self.data.pop().is_some() {
            let data = self.take_data();
            return Some(self.dispatch_with(data));
        }
        self.event = None;
        self.end();
        None
    }

    /// What a blank line does after this data.
    #[inline]
    pub(super) fn dispatch_with(&mut self, data: Text) -> Received {
        self.end();
        Received {
            event: self.event.take().unwrap_or(MESSAGE),
            data,
            id: self.last_event_id.clone(),
            retry: self.retry.take(),
            id_is_reset: std::mem::take(&mut self.id_is_reset),
        }
    }

    #[inline]
    fn end(&mut self) {
        self.other_size = 0;
        if let Some(id) = self.id.take() {
            self.set_id(id);
        }
    }

    fn set_id(&mut self, id: Text) {
        let had_one = !self.last_event_id.is_empty();
        self.id_is_reset = id.is_empty() && (had_one || self.id_is_reset);
        self.last_event_id = id;
    }

    /// In memory of its own size.
    #[inline]
    fn take_data(&mut self) -> Text {
        if self.data.len() < KEPT {
            let data = text(&self.data);
            self.data.clear();
            return data;
        }
        let mut data = into_string(std::mem::take(&mut self.data));
        data.shrink_to_fit();
        data.into_text()
    }
}

/// Without the one space that may follow the colon.
#[inline]
pub(super) fn without_space(value: &[u8]) -> &[u8] {
    value.strip_prefix(b" ").unwrap_or(value)
}

/// Copied before it is looked at, which goes faster where memory is aligned.
#[inline]
pub(super) fn text(bytes: &[u8]) -> Text {
    if bytes.len() > Short::MAX {
        return into_string(bytes.to_vec()).into_text();
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into_text(),
        Err(_) => String::from_utf8_lossy(bytes).into_text(),
    }
}

fn into_string(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// ASCII digits alone; more than a number holds is the most that one does.
fn milliseconds(digits: &[u8]) -> Option<Duration> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let digit =
        |number: u64, digit: &u8| number.saturating_mul(10).saturating_add(u64::from(digit - b'0'));
    Some(Duration::from_millis(digits.iter().fold(0, digit)))
}
