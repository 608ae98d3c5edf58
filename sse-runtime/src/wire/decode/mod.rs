//! Bytes as events.
//!
//! The algorithm is that of
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation>
//! as of November 2026. Where it speaks of characters, this works on bytes and decodes UTF-8 last:
//! all that it looks for is ASCII, so it comes to the same.

mod block;
mod lines;

use std::time::Duration;

use memchr::memchr2;

use crate::Received;
use block::Block;
use lines::Lines;

/// How much memory a buffer may keep for the next event, which one large event must not raise.
const KEPT: usize = 16 * 1024;

/// An event, or a line, was larger than the limit allows.
pub(crate) struct TooLarge;

/// Reads a stream that comes in pieces of any size.
pub(crate) struct Decoder {
    lines: Lines,
    block: Block,
    limit: usize,
}

impl Decoder {
    const DEFAULT_LIMIT: usize = 1024 * 1024;

    pub(crate) fn new() -> Self {
        Self { lines: Lines::default(), block: Block::default(), limit: Self::DEFAULT_LIMIT }
    }

    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    pub(crate) fn set_limit(&mut self, bytes: usize) {
        self.limit = bytes;
    }

    pub(crate) fn last_event_id(&self) -> &str {
        self.block.last_event_id()
    }

    pub(crate) fn set_last_event_id(&mut self, id: &str) {
        self.block.set_last_event_id(id);
    }

    pub(crate) fn reconnection_time(&self) -> Option<Duration> {
        self.block.reconnection_time()
    }

    /// Whether a part of an event has been read that an end of the stream would cut off.
    pub(crate) fn is_within_event(&self) -> bool {
        self.lines.is_within_field() || self.block.is_begun()
    }

    /// The next event; if there is none yet, all bytes have been read.
    #[inline]
    pub(crate) fn next(&mut self, unread: &mut &[u8]) -> Result<Option<Received>, TooLarge> {
        if let Some(event) = self.one_line_of_data(unread) {
            return Ok(Some(event));
        }
        loop {
            let longest = self.limit.saturating_add(b"data: ".len());
            let Some(line) = self.lines.next(unread, longest)? else { return Ok(None) };
            if line.is_empty() {
                if let Some(event) = self.block.dispatch() {
                    return Ok(Some(event));
                }
            } else if line[0] != b':' {
                self.block.field(line);
                if !self.block.fits(self.limit) {
                    return Err(TooLarge);
                }
            }
        }
    }

    /// What most events are: a line of data and the blank line, both of them whole. All others are
    /// left to the general way, which would read these in the same way but in more steps.
    #[inline]
    fn one_line_of_data(&mut self, unread: &mut &[u8]) -> Option<Received> {
        if !self.lines.is_between_lines() || self.block.has_data() {
            return None;
        }
        let value = block::without_space(unread.strip_prefix(b"data:")?);
        let end = memchr2(b'\n', b'\r', value).filter(|end| *end <= self.limit)?;
        let (data, rest) = value.split_at(end);
        *unread = rest.strip_prefix(b"\n\n")?;
        Some(self.block.dispatch_with(block::text(data)))
    }
}
