//! An event as bytes.
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
use memchr::{memchr2, memchr2_iter, memchr3};

use crate::event::{Event, Fields, Shared};

/// An empty comment: keeps a connection alive, unseen by clients. It is no event,
/// so no blank line follows, which some clients would take for an empty event.
pub(crate) const HEARTBEAT: &[u8] = b":\n";

/// The most a timer of a JavaScript client takes before it wraps around, in ms.
const MAX_RETRY: u128 = (1 << 31) - 1;

/// Appends the event. Only one that a client may dispatch, or whose ID it must
/// take, ends with a blank line.
#[inline]
pub(crate) fn encode(event: &Event, out: &mut Vec<u8>) {
    match event.data_alone() {
        Some(data) => lines(b"data: ", data, b"\n\n", out),
        None => match event.shared() {
            Some(shared) => out.extend_from_slice(shared_bytes(shared)),
            None => encode_fields(&event.fields(), out),
        },
    }
}

/// The event's bytes, encoded when they are first needed.
fn shared_bytes(event: &Shared) -> &Bytes {
    event.bytes(|event| {
        let mut bytes = Vec::new();
        encode(event, &mut bytes);
        bytes.shrink_to_fit();
        bytes.into()
    })
}

fn encode_fields(event: &Fields<'_>, out: &mut Vec<u8>) {
    let Fields { comment, retry, id, event, data } = *event;
    if let Some(comment) = comment {
        lines(b": ", comment, b"\n", out);
    }
    if let Some(time) = retry {
        line(b"retry: ", milliseconds(time).to_string().as_bytes(), b"\n", out);
    }
    if let Some(id) = id {
        one_line(b"id: ", id.as_bytes(), break_or_nul, out);
    }
    if let Some(name) = event {
        one_line(b"event: ", name.as_bytes(), line_break, out);
    }
    if let Some(data) = data {
        lines(b"data: ", data, b"\n\n", out);
    } else if id.is_some() || event.is_some() {
        out.push(b'\n');
    }
}

/// A field for each line of the text, the last of which may be empty, and this end.
#[inline]
fn lines<const N: usize, const M: usize>(
    field: &[u8; N],
    text: &str,
    end: &[u8; M],
    out: &mut Vec<u8>,
) {
    let text = text.as_bytes();
    match line_break(text) {
        None => line(field, text, end, out),
        Some(_) => several_lines(field, text, end, out),
    }
}

fn several_lines<const N: usize, const M: usize>(
    field: &[u8; N],
    text: &[u8],
    end: &[u8; M],
    out: &mut Vec<u8>,
) {
    // As if its lines were of 64 bytes.
    out.reserve(text.len() + text.len() / 64 * (N + 1) + N + M);
    let mut start = 0;
    for at in memchr2_iter(b'\n', b'\r', text) {
        if text[at] == b'\r' {
            line(field, &text[start..at], b"\n", out);
            start = at + if text[at..].starts_with(b"\r\n") { 2 } else { 1 };
        } else if at >= start {
            // Not the LF of a CRLF, which is behind us.
            out.extend_from_slice(field);
            out.extend_from_slice(&text[start..=at]);
            start = at + 1;
        }
    }
    line(field, &text[start..], end, out);
}

/// A field of a single line: what would end it, or void it, becomes a space.
#[inline]
fn one_line<const N: usize>(
    field: &[u8; N],
    value: &[u8],
    find_bad: impl Fn(&[u8]) -> Option<usize>,
    out: &mut Vec<u8>,
) {
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

/// A vectorised search pays for longer texts alone.
const SHORT: usize = 16;

#[inline]
fn line_break(text: &[u8]) -> Option<usize> {
    if text.len() < SHORT {
        return text.iter().position(|&byte| is_control(byte) && matches!(byte, b'\n' | b'\r'));
    }
    memchr2(b'\n', b'\r', text)
}

#[inline]
fn break_or_nul(text: &[u8]) -> Option<usize> {
    if text.len() < SHORT {
        return text.iter().position(|&byte| is_control(byte) && matches!(byte, b'\n' | b'\r' | 0));
    }
    memchr3(b'\n', b'\r', 0, text)
}

/// What next to no byte of a text is, so that one comparison will do.
#[inline]
fn is_control(byte: u8) -> bool {
    byte <= b'\r'
}

fn milliseconds(time: Duration) -> u128 {
    let at_least = u128::from(!time.is_zero());
    time.as_millis().clamp(at_least, MAX_RETRY)
}
