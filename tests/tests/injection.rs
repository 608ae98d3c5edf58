//! Whatever is put into an event, a client sees no field, event or header that nobody asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::future::pending;
use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::{self, empty};
use sse_runtime::{Event, EventStream};
use tests::arbitrary::{Parts, received};
use tests::bytes::body;
use tests::deadline::in_time;
use tests::reference::Parser;

/// What could end a line, a field, an event or a stream, and what comes after it.
const HOSTILE: [&str; 26] = [
    "",
    " ",
    "\n",
    "\r",
    "\r\n",
    "\n\n",
    "\r\r",
    "\n\r",
    "\r\n\r\n",
    "\0",
    ":",
    ": c",
    "data:",
    "data: x",
    "\ndata: x",
    "\n\nevent: x",
    "\r\revent: x\rdata: x\r\r",
    "\r\n\r\nid: x\r\ndata: x\r\n\r\n",
    "\nretry: 1\n",
    "\n:\n",
    "\u{FEFF}",
    "\u{FEFF}data: x\n\n",
    "\u{85}\u{2028}\u{2029}\u{B}\u{C}\u{1C}\u{1D}\u{1E}data: x",
    "\n\nHTTP/1.1 200 OK\r\nSet-Cookie: x\r\n\r\n",
    "\r\n0\r\n\r\n",
    "\\r\\n\\u000a",
];

/// Each alone, each two of them together, and long ones.
fn inputs() -> Vec<String> {
    let alone = HOSTILE.map(str::to_owned);
    let pairs = HOSTILE.iter().flat_map(|a| HOSTILE.map(|b| format!("{a}{b}")));
    let long = ["x".repeat(1 << 20), "\n".repeat(1 << 12), "\r\ndata: x".repeat(1 << 12)];
    alone.into_iter().chain(pairs).chain(long).collect()
}

const NOTHING: Parts = Parts { comment: None, retry: None, id: None, event: None, data: None };

fn with_data(data: impl Into<String>) -> Parts {
    Parts { data: Some(data.into()), ..NOTHING }
}

/// A way to put a text into an event, and the parts that were asked for.
type Builder = (&'static str, fn(String) -> Event, fn(String) -> Parts);

fn map_of(text: &str) -> BTreeMap<&str, &str> {
    BTreeMap::from([(text, text)])
}

fn json_of(text: &str) -> String {
    serde_json::to_string(&map_of(text)).unwrap()
}

const SECOND: Duration = Duration::from_secs(1);

/// The ways that take a text.
const BUILDERS: [Builder; 14] = [
    ("data", Event::data, with_data),
    ("comment", Event::comment, |text| Parts { comment: Some(text), ..NOTHING }),
    ("json", |text| Event::json(&map_of(&text)), |text| with_data(json_of(&text))),
    ("try_json", |text| Event::try_json(&map_of(&text)).unwrap(), |text| with_data(json_of(&text))),
    (
        "event",
        |text| Event::data("d").event(text),
        |text| Parts { event: Some(text), ..with_data("d") },
    ),
    (
        "event, empty",
        |text| Event::empty().event(text),
        |text| Parts { event: Some(text), ..with_data("") },
    ),
    (
        "event, no data",
        |text| Event::retry(SECOND).event(text),
        |text| Parts { event: Some(text), retry: Some(SECOND), ..NOTHING },
    ),
    ("id", |text| Event::data("d").id(text), |text| Parts { id: Some(text), ..with_data("d") }),
    (
        "id, no data",
        |text| Event::comment("c").id(text),
        |text| Parts { id: Some(text), comment: Some("c".to_owned()), ..NOTHING },
    ),
    ("id_only", Event::id_only, |text| Parts { id: Some(text), ..NOTHING }),
    ("into_shared", |text| Event::data(text).into_shared(), with_data),
    ("with_data", |text| Event::empty().with_data(text), with_data),
    (
        "with_comment",
        |text| Event::data("d").with_comment(text),
        |text| Parts { comment: Some(text), ..with_data("d") },
    ),
    (
        "all",
        |text| {
            let event = Event::data(text.clone()).event(text.clone()).id(text.clone());
            event.with_comment(text).with_retry(SECOND)
        },
        |text| Parts {
            comment: Some(text.clone()),
            retry: Some(SECOND),
            id: Some(text.clone()),
            event: Some(text.clone()),
            data: Some(text),
        },
    ),
];

/// The names of all fields on the wire, a comment's being empty. What every client takes for a
/// line break is one here.
fn names(wire: &[u8]) -> BTreeSet<&str> {
    let lines = std::str::from_utf8(wire).unwrap().split(['\r', '\n']);
    let fields = lines.filter(|line| !line.is_empty());
    fields.map(|line| line.split_once(':').expect("a field").0).collect()
}

/// The names of what was asked for.
fn asked_for(parts: &Parts) -> BTreeSet<&'static str> {
    let names = [
        ("", parts.comment.is_some()),
        ("retry", parts.retry.is_some()),
        ("id", parts.id.is_some()),
        ("event", parts.event.is_some()),
        ("data", parts.data.is_some()),
    ];
    names.into_iter().filter_map(|(name, is_there)| is_there.then_some(name)).collect()
}

/// A client that reads this event first, in the middle and last sees it, and its neighbours.
fn assert_harmless(event: &Event, parts: &Parts) {
    assert_eq!(names(&body([event.clone()])), asked_for(parts));
    let neighbour = with_data("neighbour");
    let all = [parts.clone(), neighbour.clone(), parts.clone(), neighbour, parts.clone()];
    let neighbour = Event::data("neighbour");
    let events = [event.clone(), neighbour.clone(), event.clone(), neighbour, event.clone()];
    let read = Parser::read(&body(events));
    assert_eq!(read.dispatched, received(&all));
    assert!(!read.last_event_id.contains(['\r', '\n', '\0']), "it comes back in a header");
    let asked = parts.retry.map(|time| u64::try_from(time.as_millis()).unwrap());
    assert_eq!(read.reconnection_time, asked);
}

#[test]
fn no_text_adds_a_field_or_an_event_whatever_takes_it() {
    for (name, build, parts) in BUILDERS {
        for input in inputs() {
            let told: String = input.chars().take(100).collect();
            println!("{name}: {told:?}");
            assert_harmless(&build(input.clone()), &parts(input));
        }
    }
}

#[test]
fn no_duration_is_sent_but_as_digits_that_a_timer_takes() {
    let nanos = [0, 1, 999_999, 1_000_000, 1 << 40, u64::MAX].map(Duration::from_nanos);
    for time in nanos.into_iter().chain([Duration::MAX]) {
        for event in [Event::retry(time), Event::comment("c").with_retry(time)] {
            let read = Parser::read(&body([event]));
            let sent = read.reconnection_time.expect("digits");
            assert!(sent < 1 << 31 && (sent == 0) == time.is_zero(), "{time:?}: {sent}");
            assert_eq!(read.dispatched, []);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn no_text_in_a_heartbeat_adds_a_field_or_an_event() {
    for (name, build, parts) in BUILDERS {
        for input in HOSTILE {
            println!("{name}: {input:?}");
            let quiet = EventStream::from(stream::once(pending::<Event>()));
            let beating = quiet.heartbeat(SECOND).heartbeat_event(build(input.to_owned()));
            let beats = beating.into_bytes().take(2).map(Result::unwrap);
            let beats: Vec<_> = in_time(beats.collect()).await;
            let parts = parts(input.to_owned());
            let beats = beats.concat();
            assert_eq!(names(&beats), asked_for(&parts));
            assert_eq!(Parser::read(&beats).dispatched, received(&[parts.clone(), parts]));
        }
    }
}

#[test]
fn no_text_reaches_the_head() {
    let plain = EventStream::from(empty::<Event>()).into_http_response();
    for (_, build, _) in BUILDERS {
        for input in HOSTILE {
            let events = stream::iter([build(input.to_owned())]);
            let response = EventStream::from(events).into_http_response();
            assert_eq!(response.headers(), plain.headers());
        }
    }
}
