//! The wire, byte for byte and as clients read it.

use std::time::Duration;

use eventsource_stream::Eventsource as _;
use futures::{StreamExt as _, stream};
use proptest::prelude::*;
use sse_runtime::{Event, EventStream};
use tests::arbitrary::{self, Parts};
use tests::bytes::{body, chunks, items};
use tests::reference::{Dispatched, Parser};

fn wire(event: Event) -> String {
    String::from_utf8(body([event])).expect("the wire is UTF-8")
}

/// What a client receives of one event.
fn received(event: Event) -> Dispatched {
    let mut parser = Parser::read(&body([event]));
    assert_eq!(parser.dispatched.len(), 1, "exactly one event arrives");
    parser.dispatched.remove(0)
}

#[test]
fn every_row_of_the_wire_table_is_sent_as_it_says() {
    let rows = [
        (Event::data("hello"), "data: hello\n\n"),
        (Event::data(" the"), "data:  the\n\n"),
        (Event::data("a\nb"), "data: a\ndata: b\n\n"),
        (Event::data("a\r\nb"), "data: a\ndata: b\n\n"),
        (Event::data("a\rb"), "data: a\ndata: b\n\n"),
        (Event::data("a\n\rb"), "data: a\ndata: \ndata: b\n\n"),
        (Event::data("a\n"), "data: a\ndata: \n\n"),
        (Event::data("\n\n"), "data: \ndata: \ndata: \n\n"),
        (Event::data("a\r"), "data: a\ndata: \n\n"),
        (Event::data(""), "data: \n\n"),
        (Event::empty(), "data: \n\n"),
        (Event::data("\u{FEFF}\u{2028}\u{85}\0"), "data: \u{FEFF}\u{2028}\u{85}\0\n\n"),
        (Event::empty().event("a\r\nb\nc\0d"), "event: a  b c\0d\ndata: \n\n"),
        (Event::empty().event(""), "event: \ndata: \n\n"),
        (Event::empty().id("a\r\nb\0c\n"), "id: a  b c \ndata: \n\n"),
        (Event::empty().id(""), "id: \ndata: \n\n"),
        (Event::comment("hi"), ": hi\n"),
        (Event::comment(""), ": \n"),
        (Event::comment("a\r\nb\rc\n"), ": a\n: b\n: c\n: \n"),
        (Event::comment("a").event("x"), ": a\nevent: x\n\n"),
        (Event::comment("a").id("x"), ": a\nid: x\n\n"),
        (Event::retry(Duration::ZERO), "retry: 0\n"),
        (Event::retry(Duration::from_nanos(1)), "retry: 1\n"),
        (Event::retry(Duration::from_millis(1500)), "retry: 1500\n"),
        (Event::retry(Duration::from_millis(2_147_483_648)), "retry: 2147483647\n"),
        (Event::retry(Duration::MAX), "retry: 2147483647\n"),
        (
            Event::data("d")
                .event("e")
                .id("i")
                .with_retry(Duration::from_secs(1))
                .with_comment("c"),
            ": c\nretry: 1000\nid: i\nevent: e\ndata: d\n\n",
        ),
    ];
    for (event, expected) in rows {
        assert_eq!(wire(event.clone()), expected, "{event:?}");
    }
}

#[test]
fn the_last_call_of_a_builder_wins() {
    let event = Event::data("a").event("x").id("1").with_data("b").event("y").id("2");
    assert_eq!(wire(event), "id: 2\nevent: y\ndata: b\n\n");
    assert_eq!(wire(Event::comment("a").with_comment("b")), ": b\n");
}

#[test]
fn a_token_keeps_its_leading_space() {
    assert_eq!(received(Event::data(" the")).data, " the");
}

#[test]
fn line_breaks_of_each_kind_arrive_as_line_feeds() {
    assert_eq!(received(Event::data("a\r\nb\rc\n")).data, "a\nb\nc\n");
}

#[test]
fn an_id_with_a_line_break_injects_nothing() {
    let event = received(Event::data("x").id("1\n\ndata: evil\n\n"));
    assert_eq!(event.data, "x");
    assert_eq!(event.last_event_id, "1  data: evil  ");
}

#[test]
fn an_id_with_nul_still_reaches_the_client() {
    assert_eq!(received(Event::data("x").id("a\0b")).last_event_id, "a b");
}

#[test]
fn json_is_one_line() {
    let event = Event::json(&["a\r\nb", "\u{2028}"]);
    assert_eq!(received(event).data, "[\"a\\r\\nb\",\"\u{2028}\"]");
}

#[test]
#[should_panic(expected = "Event::json: the value can't be serialized")]
fn json_panics_where_to_string_does() {
    let _ = Event::json(&std::collections::HashMap::from([((1, 2), 3)]));
}

/// An event of this text, with no regard to speed.
fn encoded(data: &str) -> String {
    let data = data.replace("\r\n", "\n").replace('\r', "\n");
    format!("data: {}\n\n", data.replace('\n', "\ndata: "))
}

#[test]
fn line_breaks_are_found_wherever_they_are() {
    // The encoder looks at several bytes at once, and at long texts in another way.
    let lengths = (0..70).chain(240..260);
    let pieces = ["\n", "\r", "\r\n", "\n\r", "\r\r\n", "\t\n\u{b}", "\t", "é\r\n\n🚀"];
    for (length, piece) in lengths.flat_map(|length| pieces.map(|piece| (length, piece))) {
        let texts = (0..=length).map(|at| "x".repeat(at) + piece + &"x".repeat(length - at));
        let texts: Vec<_> = texts.collect();
        let expected: String = texts.iter().map(|text| encoded(text)).collect();
        let sent = body(texts.into_iter().map(Event::data));
        assert!(sent == expected.as_bytes(), "{piece:?} among {length} others");
    }
}

#[test]
fn large_events_and_many_lines_arrive_whole() {
    let large = "x".repeat(5 * 1024 * 1024);
    assert_eq!(received(Event::data(large.clone())).data, large);
    let lines = "line\n".repeat(100_000);
    assert_eq!(received(Event::data(lines.clone())).data, lines);
    assert_eq!(received(Event::data("")).data, "");
}

proptest! {
    #[test]
    fn any_events_decode_to_themselves_however_they_are_cut(
        events in prop::collection::vec(arbitrary::parts(), 0..12),
        cuts in prop::collection::vec(1_usize..9, 1..20),
    ) {
        let body = body(events.iter().map(Parts::build));
        let mut parser = Parser::default();
        for piece in pieces(&body, &cuts) {
            parser.feed(piece);
        }
        prop_assert_eq!(parser.dispatched, arbitrary::received(&events));
    }

    #[test]
    fn an_independent_parser_reads_the_same(
        events in prop::collection::vec(arbitrary::parts(), 0..12),
        cuts in prop::collection::vec(1_usize..9, 1..20),
    ) {
        let body = body(events.iter().map(Parts::build));
        let pieces = stream::iter(pieces(&body, &cuts).map(Ok::<_, ()>));
        let read: Vec<_> = items(pieces.eventsource()).into_iter().map(|read| {
            let read = read.expect("it parses");
            Dispatched { event: read.event, data: read.data, last_event_id: read.id }
        }).collect();
        prop_assert_eq!(read, arbitrary::received(&events));
    }

    #[test]
    fn every_chunk_of_a_body_holds_whole_events(
        events in prop::collection::vec(arbitrary::parts(), 0..12),
        pad in 0_usize..20_000,
    ) {
        let long = Event::data("x".repeat(pad));
        let events = std::iter::once(long).chain(events.iter().map(Parts::build));
        let chunks = chunks(EventStream::from(stream::iter(events)));
        let parsed: Vec<_> = chunks.iter().flat_map(|chunk| Parser::read(chunk).dispatched).collect();
        let whole = Parser::read(&chunks.concat()).dispatched;
        prop_assert_eq!(parsed.len(), whole.len());
        prop_assert!(parsed.iter().zip(&whole).all(|(a, b)| (&a.event, &a.data) == (&b.event, &b.data)));
    }
}

/// The body in pieces of these lengths, over and over: a cut falls between CR and LF, and
/// within a character, sooner or later.
fn pieces<'a>(body: &'a [u8], lengths: &[usize]) -> impl Iterator<Item = &'a [u8]> {
    let mut lengths = lengths.iter().copied().cycle();
    let mut rest = body;
    std::iter::from_fn(move || {
        let (piece, after) = rest.split_at(lengths.next()?.min(rest.len()));
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

/// The room of each chunk, and how much of it is used.
fn room(events: [Event; 2]) -> Vec<(usize, usize)> {
    let chunks = EventStream! { for event in events { yield event } }.into_bytes();
    let chunks = chunks.map(|chunk| chunk.unwrap().try_into_mut().expect("no other has it"));
    items(chunks.map(|chunk| (chunk.capacity(), chunk.len())))
}

#[test]
fn chunks_keep_no_more_room_than_twice_what_they_use() {
    let large = || Event::data("x".repeat(1 << 20));
    for events in [[Event::data("a"), Event::data("b")], [Event::data("a"), large()]] {
        for (room, used) in room(events) {
            assert!(room <= 2 * used, "{room} for {used}");
        }
    }
}
