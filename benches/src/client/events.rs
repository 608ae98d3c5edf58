//! A look at every byte that a warm-up received.

use crate::Result;
use crate::kind::Kind;
use crate::reference::{Dispatched, Parser};

/// Whether the content is so many events of this kind, and nothing else but comments.
pub fn check(content: &[u8], kind: Kind, count: usize) -> Result {
    let mut parser = Parser::default();
    // What it hasn't read yet is moved for each line.
    content.chunks(4096).for_each(|piece| parser.feed(piece));
    if !content.ends_with(b"\n\n") || parser.is_within_event() {
        return Err("the last event has no end".into());
    }
    let named = kind == Kind::Named;
    let expected = Dispatched {
        event: if named { Kind::NAME } else { "message" }.to_owned(),
        data: kind.data().to_owned(),
        last_event_id: if named { Kind::ID } else { "" }.to_owned(),
    };
    let events = parser.dispatched;
    match events.iter().find(|event| **event != expected) {
        Some(wrong) => Err(format!("{wrong:?} in place of {expected:?}").into()),
        None if events.len() != count => Err(format!("{} of {count} events", events.len()).into()),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_right(content: &str) -> bool {
        check(content.as_bytes(), Kind::Named, 1).is_ok()
    }

    #[test]
    fn order_spaces_and_comments_do_not_matter() {
        assert!(is_right("id: 42\nevent: tick\ndata: ping\n\n"));
        assert!(is_right(":\n\n:\nevent:tick\ndata:ping\nid:42\n\n"));
    }

    #[test]
    fn what_is_missing_or_too_much_is_found() {
        assert!(!is_right("id: 42\nevent: tick\ndata: ping\n"));
        assert!(!is_right("id: 42\ndata: ping\n\n"));
        assert!(!is_right("id: 42\nevent: tick\ndata: pong\n\n"));
        assert!(!is_right("id: 42\nevent: tick\ndata: ping\ndata: \n\n"));
        assert!(!is_right(&"id: 42\nevent: tick\ndata: ping\n\n".repeat(2)));
    }
}
