//! A look at every byte that a warm-up received.

use crate::Result;
use crate::kind::Kind;

#[derive(Debug, Default, PartialEq, Eq)]
struct Event<'a> {
    id: Option<&'a str>,
    name: Option<&'a str>,
    data: Vec<&'a str>,
}

/// Whether the content is so many events of this kind, and nothing else but comments.
pub fn check(content: &[u8], kind: Kind, count: usize) -> Result {
    let content = str::from_utf8(content)?;
    let expected = expected(kind);
    let blocks = content.strip_suffix("\n\n").ok_or("the last event has no end")?.split("\n\n");
    let events: Vec<_> = blocks.filter_map(parse).collect();
    match events.iter().find(|event| **event != expected) {
        Some(wrong) => Err(format!("{wrong:?} in place of {expected:?}").into()),
        None if events.len() != count => Err(format!("{} of {count} events", events.len()).into()),
        None => Ok(()),
    }
}

fn expected(kind: Kind) -> Event<'static> {
    let named = kind == Kind::Named;
    Event {
        id: named.then_some(Kind::ID),
        name: named.then_some(Kind::NAME),
        data: kind.data().split('\n').collect(),
    }
}

/// The event, unless the block holds comments only.
fn parse(block: &str) -> Option<Event<'_>> {
    let mut event = Event::default();
    for line in block.split('\n') {
        let (field, value) = line.split_once(':')?;
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "" => {}
            "id" => event.id = Some(value),
            "event" => event.name = Some(value),
            _ => event.data.push(value),
        }
    }
    (event != Event::default()).then_some(event)
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
