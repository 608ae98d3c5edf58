//! Encodes events.
//!
//! The grammar, of <https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream>
//! as of November 2026, as far as a server writes it:
//!
//! ```text
//! stream  = [ bom ] *event
//! event   = *( comment / field ) end-of-line
//! comment = colon *any-char end-of-line
//! field   = 1*name-char [ colon [ space ] *any-char ] end-of-line
//! ```

use std::time::Duration;

use bytes::Bytes;
use memchr::{memchr2, memchr3};

use crate::event::{Data, Event, ExtraFields, Shared};
use crate::text::{Short, Text};

/// An empty comment: keeps a connection alive, unseen by clients. It isn't an event,
/// so no blank line follows, which some clients would take for an empty event.
pub(crate) const HEARTBEAT: &[u8] = b":\n";

/// The longest time that a timer of a JavaScript client takes without wrapping around, in milliseconds.
const MAX_RETRY: u128 = (1 << 31) - 1;

/// Appends the event. It ends with a blank line only if a client may dispatch it, or must take its ID.
pub(crate) fn encode(event: &Event, out: &mut Vec<u8>) {
    if let Some(shared) = encode_own(event, out) {
        out.extend_from_slice(shared_bytes(shared));
    }
}

/// Appends the event, unless it is a shared one: then returns what it shares.
#[inline]
pub(super) fn encode_own<'e>(event: &'e Event, out: &mut Vec<u8>) -> Option<&'e Shared> {
    match event.parts() {
        (Some(extra), data) => encode_fields(extra, data.and_then(Data::text), out),
        (None, Some(Data::Text(data))) => lines(b"data: ", data, b"\n\n", out),
        (None, Some(Data::Shared(shared))) => return Some(shared),
        (None, None) => {}
    }
    None
}

/// Returns the event's bytes, encoded when they are first needed.
pub(super) fn shared_bytes(event: &Shared) -> &Bytes {
    event.bytes(|event| {
        let mut bytes = Vec::new();
        encode(event, &mut bytes);
        bytes.shrink_to_fit();
        bytes.into()
    })
}

fn encode_fields(extra: &ExtraFields, data: Option<&Text>, out: &mut Vec<u8>) {
    let ExtraFields { comment, retry, id, event } = extra;
    if let Some(comment) = comment {
        lines(b": ", comment, b"\n", out);
    }
    if let Some(time) = *retry {
        let mut digits = itoa::Buffer::new();
        line(b"retry: ", digits.format(milliseconds(time)).as_bytes(), b"\n", out);
    }
    if let Some(id) = id {
        one_line(b"id: ", id, break_or_nul, out);
    }
    if let Some(name) = event {
        one_line(b"event: ", name, line_break, out);
    }
    if let Some(data) = data {
        lines(b"data: ", data, b"\n\n", out);
    } else if id.is_some() || event.is_some() {
        out.push(b'\n');
    }
}

/// Appends a field for each line of the text, the last of which may be empty, and then `end`.
#[inline]
fn lines<const N: usize, const M: usize>(
    field: &[u8; N],
    text: &Text,
    end: &[u8; M],
    out: &mut Vec<u8>,
) {
    if !short_line(field, text, M, out) {
        any_lines(field, text.as_bytes(), end, out);
    }
}

#[inline]
fn any_lines<const N: usize, const M: usize>(
    field: &[u8; N],
    text: &[u8],
    end: &[u8; M],
    out: &mut Vec<u8>,
) {
    match line_break(text) {
        None => line(field, text, end, out),
        Some(first) => several_lines(field, text, first, end, out),
    }
}

/// Appends the field and this many line breaks, if its text is a [`Short`] one that can be sent as it is,
/// and there is room. Returns whether it was appended.
#[inline]
fn short_line<const N: usize>(
    field: &[u8; N],
    text: &Text,
    line_breaks: usize,
    out: &mut Vec<u8>,
) -> bool {
    const LONGEST: usize = b"data: ".len() + Short::MAX + b"\n\n".len();

    debug_assert!(N + Short::MAX + line_breaks <= LONGEST, "the line breaks have room");

    let Some((text, length)) = text.plain() else { return false };
    // An event that comes alone has a buffer of its own length.
    if out.capacity() - out.len() < LONGEST {
        return false;
    }
    let mut line = [b'\n'; LONGEST];
    line[..N].copy_from_slice(field);
    text.copy_to(&mut line[N..]);
    let end = out.len() + N + length + line_breaks;
    out.extend_from_slice(&line);
    out.truncate(end);
    true
}

/// The first of the lines ends at `line_break`.
fn several_lines<const N: usize, const M: usize>(
    field: &[u8; N],
    text: &[u8],
    line_break: usize,
    end: &[u8; M],
    out: &mut Vec<u8>,
) {
    // Enough for lines of 64 bytes.
    out.reserve(text.len() + text.len() / 64 * (N + 1) + N + M);
    let mut rest = text;
    let mut next = Some(line_break);
    while let Some(at) = next {
        let (text, after) = rest.split_at(at + 1);
        out.extend_from_slice(field);
        out.extend_from_slice(text);
        rest = after;
        if text[at] == b'\r' {
            let last = out.len() - 1;
            out[last] = b'\n';
            rest = rest.strip_prefix(b"\n").unwrap_or(rest);
        }
        next = memchr2(b'\n', b'\r', rest);
    }
    line(field, rest, end, out);
}

/// Appends a field of a single line: what would end it, or void it, becomes a space.
#[inline]
fn one_line<const N: usize>(
    field: &[u8; N],
    value: &Text,
    find_bad: impl Fn(&[u8]) -> Option<usize>,
    out: &mut Vec<u8>,
) {
    if short_line(field, value, 1, out) {
        return;
    }
    let value = value.as_bytes();
    let start = out.len() + N;
    line(field, value, b"\n", out);
    let mut from = start;
    let end = start + value.len();
    while let Some(at) = find_bad(&out[from..end]) {
        out[from + at] = b' ';
        from += at + 1;
    }
}

#[inline]
fn line<const N: usize, const M: usize>(
    field: &[u8; N],
    value: &[u8],
    end: &[u8; M],
    out: &mut Vec<u8>,
) {
    out.reserve(N + value.len() + M);
    out.extend_from_slice(field);
    out.extend_from_slice(value);
    out.extend_from_slice(end);
}

/// From this length on, a vectorised search is worth its call.
const LONG: usize = 256;

#[inline]
fn line_break(text: &[u8]) -> Option<usize> {
    if text.len() < LONG && !has_control(text) { None } else { memchr2(b'\n', b'\r', text) }
}

#[inline]
fn break_or_nul(text: &[u8]) -> Option<usize> {
    if text.len() < LONG && !has_control(text) { None } else { memchr3(b'\n', b'\r', 0, text) }
}

/// Returns whether there is a byte up to `\r`, as in every text that can't be sent as it is, and in
/// next to no other.
#[inline]
fn has_control(text: &[u8]) -> bool {
    const TOGETHER: usize = 16;

    let Some(last) = text.last_chunk::<TOGETHER>() else {
        return text.iter().any(|&byte| byte <= b'\r');
    };
    let mut lowest = *last;
    for chunk in text.as_chunks::<TOGETHER>().0 {
        for (lowest, &byte) in lowest.iter_mut().zip(chunk) {
            *lowest = byte.min(*lowest);
        }
    }
    lowest.iter().fold(u8::MAX, |all, &byte| all.min(byte)) <= b'\r'
}

fn milliseconds(time: Duration) -> u128 {
    let at_least = u128::from(!time.is_zero());
    time.as_millis().clamp(at_least, MAX_RETRY)
}
