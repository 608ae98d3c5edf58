//! Any event, and what a conforming client receives of it.

use std::time::Duration;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use sse_runtime::Event;

use crate::reference::Dispatched;

/// An event by its parts.
#[derive(Clone, Debug)]
pub struct Parts {
    pub comment: Option<String>,
    pub retry: Option<Duration>,
    pub id: Option<String>,
    pub event: Option<String>,
    pub data: Option<String>,
}

impl Parts {
    pub fn build(&self) -> Event {
        let Self { comment, retry, id, event, data } = self.clone();
        let mut built = match (&comment, retry, data) {
            (_, _, Some(data)) => Event::data(data),
            (Some(comment), ..) => Event::comment(comment.clone()),
            (_, Some(retry), _) => Event::retry(retry),
            _ => panic!("an event has data, a comment or a reconnection time"),
        };
        if let Some(comment) = comment {
            built = built.with_comment(comment);
        }
        if let Some(retry) = retry {
            built = built.with_retry(retry);
        }
        if let Some(id) = id {
            built = built.id(id);
        }
        if let Some(event) = event {
            built = built.event(event);
        }
        built
    }
}

/// What a client receives of these events.
#[must_use]
pub fn received(events: &[Parts]) -> Vec<Dispatched> {
    let mut last_event_id = String::new();
    let mut dispatched = Vec::new();
    for parts in events {
        if let Some(id) = &parts.id {
            last_event_id = id.replace(['\r', '\n', '\0'], " ");
        }
        let event = parts.event.as_deref().unwrap_or_default().replace(['\r', '\n'], " ");
        let event = if event.is_empty() { "message".to_owned() } else { event };
        if let Some(data) = &parts.data {
            let data = data.replace("\r\n", "\n").replace('\r', "\n");
            dispatched.push(Dispatched { event, data, last_event_id: last_event_id.clone() });
        }
    }
    dispatched
}

/// Text full of what could go wrong.
pub fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\n".to_owned()),
        Just("\r".to_owned()),
        Just("\r\n".to_owned()),
        Just("\n\n".to_owned()),
        Just("data: x".to_owned()),
        Just("\nid: 1".to_owned()),
        Just(" ".to_owned()),
        Just(":".to_owned()),
        Just("\0".to_owned()),
        Just("\u{FEFF}".to_owned()),
        Just("\u{2028}\u{85}\u{b}".to_owned()),
        Just("é 🚀".to_owned()),
        any::<char>().prop_map(String::from),
        "[a-z ]{0,40}",
    ];
    vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

pub fn parts() -> impl Strategy<Value = Parts> {
    let retry = option::of((0..u64::MAX / 1_000_000_000).prop_map(Duration::from_nanos));
    (option::of(text()), retry, option::of(text()), option::of(text()), option::of(text()))
        .prop_map(|(comment, retry, id, event, data)| Parts { comment, retry, id, event, data })
        .prop_filter("an event has something to start from", |parts| {
            parts.comment.is_some() || parts.retry.is_some() || parts.data.is_some()
        })
}
