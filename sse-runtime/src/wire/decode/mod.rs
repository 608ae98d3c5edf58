//! Decodes events.
//!
//! The algorithm is that of
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation>
//! as of November 2026. The standard decodes UTF-8 first, and this code last, which comes to the same, since
//! all that it looks for is ASCII.

mod event_buffer;
mod lines;

use std::time::Duration;

use memchr::memchr2;

use crate::event::Received;
use event_buffer::EventBuffer;
use lines::Lines;

/// The most memory that a buffer keeps for the next event, even after a large one.
const MAX_RETAINED: usize = 16 * 1024;

/// An event, or a line, was larger than the limit allows.
pub(crate) struct TooLarge;

/// Reads a stream that comes in pieces of any size.
pub(crate) struct Decoder {
    lines: Lines,
    buffer: EventBuffer,
    limit: usize,
    /// Whether it has failed, and so knows only a part of what it read last.
    failed: bool,
}

impl Decoder {
    const DEFAULT_LIMIT: usize = 1024 * 1024;

    pub(crate) fn new() -> Self {
        let (lines, buffer) = (Lines::default(), EventBuffer::default());
        Self { lines, buffer, limit: Self::DEFAULT_LIMIT, failed: false }
    }

    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    pub(crate) fn set_limit(&mut self, bytes: usize) {
        self.limit = bytes;
    }

    pub(crate) fn last_event_id(&self) -> &str {
        self.buffer.last_event_id()
    }

    pub(crate) fn set_last_event_id(&mut self, id: &str) {
        self.buffer.set_last_event_id(id);
    }

    pub(crate) fn reconnection_time(&self) -> Option<Duration> {
        self.buffer.reconnection_time()
    }

    /// Returns whether a part of an event has been read that an end of the stream would cut off.
    pub(crate) fn is_within_event(&self) -> bool {
        self.failed || is_field(self.lines.part()) || self.buffer.is_begun()
    }

    /// Returns the event that has been read in part, unless it has no data, or more than is allowed.
    ///
    /// Of a line in pieces, only data counts: the beginning of a name is another name.
    pub(crate) fn unfinished(&self) -> Option<Received> {
        let part = self.lines.part().strip_prefix(b"data:").map(event_buffer::without_space);
        let data = self.buffer.data_with(part)?;
        (!self.failed && data.len() <= self.limit).then(|| self.buffer.unfinished(data))
    }

    /// Returns the data of the next event, for [`event`](Self::event). If there is none yet, all bytes have
    /// been read.
    #[inline]
    pub(crate) fn next(&mut self, unread: &mut &[u8]) -> Result<Option<Box<str>>, TooLarge> {
        if self.lines.is_between_lines()
            && !self.buffer.has_data()
            && let Some((data, rest)) = whole_event(unread, self.limit)
        {
            *unread = rest;
            return Ok(Some(event_buffer::string(data)));
        }
        let has_data = self.read_event(unread);
        self.failed = has_data.is_err();
        Ok(has_data?.then(|| self.buffer.take_data()))
    }

    /// Returns the event that has this data.
    #[inline]
    pub(crate) fn event(&mut self, data: Box<str>) -> Received {
        self.buffer.dispatch(data.into_string())
    }

    /// Reads up to the blank line of the next event that has data, and returns whether it has come.
    fn read_event(&mut self, unread: &mut &[u8]) -> Result<bool, TooLarge> {
        let longest = self.limit.saturating_add(b"data: ".len());
        loop {
            self.whole_lines_of_data(unread)?;
            let Some(line) = self.lines.next(unread, longest)? else { return Ok(false) };
            if line.is_empty() {
                if self.buffer.has_data() {
                    return Ok(true);
                }
                self.buffer.end_without_data();
            } else if line[0] != b':' {
                self.buffer.field(line);
                self.check_size()?;
            }
        }
    }

    /// Reads whole lines of data, as most are, in fewer steps than other lines take.
    fn whole_lines_of_data(&mut self, unread: &mut &[u8]) -> Result<(), TooLarge> {
        while self.lines.is_between_lines()
            && let Some((data, rest)) = line_of_data(unread)
            && let Some(rest) = rest.strip_prefix(b"\n")
        {
            self.buffer.push_data(data);
            self.check_size()?;
            *unread = rest;
        }
        Ok(())
    }

    fn check_size(&self) -> Result<(), TooLarge> {
        if self.buffer.fits(self.limit) { Ok(()) } else { Err(TooLarge) }
    }
}

/// Returns whether this begins a line other than a comment.
fn is_field(part: &[u8]) -> bool {
    part.first().is_some_and(|&byte| byte != b':')
}

/// Returns the data of an event that is one line of data and a blank line, both of them whole, as most
/// events are, and what follows it.
#[inline]
fn whole_event(unread: &[u8], limit: usize) -> Option<(&[u8], &[u8])> {
    let (data, rest) = line_of_data(unread)?;
    let rest = rest.strip_prefix(b"\n\n")?;
    (data.len() <= limit).then_some((data, rest))
}

/// Returns the data of a line, and the end of the line with what follows it.
#[inline]
fn line_of_data(unread: &[u8]) -> Option<(&[u8], &[u8])> {
    let value = event_buffer::without_space(unread.strip_prefix(b"data:")?);
    Some(value.split_at(memchr2(b'\n', b'\r', value)?))
}
