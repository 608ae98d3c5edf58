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

use memchr::{memchr2, memchr3};

use crate::event::{Event, Fields};

/// An empty comment: keeps a connection alive, unseen by clients. It is no event,
/// so no blank line follows, which some clients would take for an empty event.
pub(crate) const HEARTBEAT: &[u8] = b":\n";

/// The most a timer of a JavaScript client takes before it wraps around, in ms.
const MAX_RETRY: u128 = (1 << 31) - 1;

/// Appends the event. Only one that a client may dispatch, or whose ID it must
/// take, ends with a blank line.
pub(crate) fn encode(event: &Event, out: &mut Vec<u8>) {
    let Fields { comment, retry, id, event, data } = event.fields();
    if let Some(comment) = comment {
        lines(b": ", comment, out);
    }
    if let Some(time) = retry {
        line(b"retry: ", milliseconds(time).to_string().as_bytes(), out);
    }
    if let Some(id) = id {
        let break_or_nul = |rest: &[u8]| memchr3(b'\n', b'\r', 0, rest);
        one_line(b"id: ", id.as_bytes(), break_or_nul, out);
    }
    if let Some(name) = event {
        one_line(b"event: ", name.as_bytes(), line_break, out);
    }
    if let Some(data) = data {
        lines(b"data: ", data, out);
    }
    if id.is_some() || event.is_some() || data.is_some() {
        out.push(b'\n');
    }
}

/// A field for each line of the text, the last of which may be empty.
fn lines(field: &[u8], text: &str, out: &mut Vec<u8>) {
    let mut rest = text.as_bytes();
    while let Some(end) = line_break(rest) {
        line(field, &rest[..end], out);
        let width = if rest[end..].starts_with(b"\r\n") { 2 } else { 1 };
        rest = &rest[end + width..];
    }
    line(field, rest, out);
}

/// A field of a single line: what would end it, or void it, becomes a space.
fn one_line(
    field: &[u8],
    value: &[u8],
    find_bad: impl Fn(&[u8]) -> Option<usize>,
    out: &mut Vec<u8>,
) {
    let start = out.len() + field.len();
    line(field, value, out);
    let mut from = start;
    let end = start + value.len();
    while let Some(at) = find_bad(&out[from..end]) {
        out[from + at] = b' ';
        from += at + 1;
    }
}

fn line(field: &[u8], value: &[u8], out: &mut Vec<u8>) {
    out.reserve(field.len() + value.len() + 2);
    out.extend_from_slice(field);
    out.extend_from_slice(value);
    out.push(b'\n');
}

fn line_break(text: &[u8]) -> Option<usize> {
    memchr2(b'\n', b'\r', text)
}

fn milliseconds(time: Duration) -> u128 {
    let at_least = u128::from(!time.is_zero());
    time.as_millis().clamp(at_least, MAX_RETRY)
}
