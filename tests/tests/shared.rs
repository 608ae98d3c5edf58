//! Large events that many clients share: not copied for any of them.

use std::pin::pin;

use bytes::Bytes;
use futures::stream::FusedStream as _;
use futures::{Stream, StreamExt as _, stream};
use http_body_util::BodyExt as _;
use rocket::local::asynchronous::Client;
use rocket::{State, get, routes};
use sse_runtime::{Error, Event, EventStream, StreamItem};
use tests::bytes::{body, items};
use tests::deadline::{at_once, in_time};

/// Of so many bytes on the wire.
fn shared(size: usize) -> Event {
    Event::data("x".repeat(size - "data: \n\n".len())).into_shared()
}

fn chunks<S: Stream<Item: StreamItem>>(events: EventStream<S>) -> Vec<Result<Bytes, String>> {
    items(events.into_bytes().map(|chunk| chunk.map_err(|error: Error| error.to_string())))
}

/// Where the bytes of a body are that is a single chunk.
fn address<S: Stream<Item: StreamItem>>(events: EventStream<S>) -> *const u8 {
    let chunks = chunks(events);
    assert_eq!(chunks.len(), 1);
    chunks[0].as_ref().expect("it does not fail").as_ptr()
}

fn failing(events: Vec<Event>) -> EventStream![Result<Event, std::fmt::Error>] {
    EventStream! {
        for event in events { yield event; }
        Err(std::fmt::Error)?
    }
}

#[test]
fn from_4_kib_on_all_clients_have_the_same_bytes() {
    for (size, same) in [(4096, true), (100_000, true), (4095, false)] {
        let event = shared(size);
        let of_stream = || EventStream::from(stream::iter([event.clone()]));
        let of_block = || {
            let event = event.clone();
            EventStream! { yield event; }
        };
        let kept = [chunks(of_stream()), chunks(of_block())].map(|mut chunks| chunks.remove(0));
        let first = kept[0].as_ref().unwrap().as_ptr();
        assert_eq!(kept[1].as_ref().unwrap().as_ptr() == first, same, "{size} bytes");
        assert_eq!(address(of_stream()) == first, same, "{size} bytes");
    }
}

#[test]
fn a_frame_that_the_server_gives_back_has_these_bytes_too() {
    let event = shared(5000);
    let address = address(EventStream::from(stream::iter([event.clone()])));
    let mut body = pin!(failing(vec![event]).into_body());
    let frame = at_once(body.frame()).expect("a frame");
    let bytes = frame.expect("no failure yet").into_data().expect("data");
    assert_eq!(bytes.as_ptr(), address);
}

#[test]
fn a_large_event_comes_between_those_around_it() {
    let large = shared(5000);
    let around = [
        Event::data("a"),
        Event::data("b"),
        large.clone(),
        large.clone(),
        Event::data("c"),
        shared(100),
        large.clone(),
    ];
    let large = String::from_utf8(body([large])).unwrap();
    let small = String::from_utf8(body([shared(100)])).unwrap();
    let expected =
        ["data: a\n\ndata: b\n\n", &large, &large, &format!("data: c\n\n{small}"), &large];
    let expected: Vec<_> =
        expected.iter().map(|chunk| Ok(Bytes::from(chunk.to_string()))).collect();

    assert_eq!(chunks(EventStream::from(stream::iter(around.clone()))), expected);
    assert_eq!(chunks(EventStream! { for event in around { yield event; } }), expected);
}

#[tokio::test]
async fn a_failure_comes_after_the_large_event_before_it() {
    let failing = failing(vec![Event::data("a"), shared(5000)]);
    let lengths = failing.into_bytes().map(|chunk| chunk.map(|chunk| chunk.len()).ok());
    let chunks: Vec<_> = in_time(lengths.take(4).collect()).await;
    assert_eq!(chunks, [Some("data: a\n\n".len()), Some(5000), None]);
}

#[test]
fn a_body_is_at_its_end_only_when_the_large_event_was_taken() {
    let (first, large) = (Event::data("a"), shared(5000));
    let events = EventStream! { yield first; yield large; };
    let mut body = pin!(events.into_bytes());
    for length in [Some("data: a\n\n".len()), Some(5000), None] {
        assert!(!body.is_terminated());
        let chunk = at_once(body.next());
        assert_eq!(chunk.map(|chunk| chunk.expect("it does not fail").len()), length);
    }
    assert!(body.is_terminated());
}

#[test]
fn a_stream_lets_go_of_what_it_has_sent() {
    let at = |event: &Event| event.fields().data.map(str::as_ptr);
    let event = shared(100);
    let was_at = at(&event);
    let sent = event.clone();
    assert_eq!(chunks(EventStream! { yield sent; }).len(), 1);
    // The text is taken over, not copied, since nobody else has it any more.
    assert_eq!(at(&event.id(1)), was_at);
}

#[get("/")]
fn under_rocket(events: &State<Vec<Event>>) -> EventStream![] {
    let events = events.inner().clone();
    EventStream! { for event in events { yield event; } }
}

#[tokio::test]
async fn under_rocket_large_events_arrive_whole_and_in_order() {
    let sizes = [4096, 16 * 1024, 100, 40_000, 4095, 5000];
    let mut events = vec![Event::data("first")];
    events.extend(sizes.map(shared));
    events.push(Event::data("last"));
    let expected = body(events.clone());
    let server = rocket::build().manage(events).mount("/", routes![under_rocket]);
    let client = Client::untracked(server).await.expect("a server");
    let response = client.get("/").dispatch().await;
    assert!(in_time(response.into_bytes()).await == Some(expected));
}
