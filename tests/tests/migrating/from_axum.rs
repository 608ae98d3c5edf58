use std::io;
use std::time::Duration;

use axum::Router;
use axum::response::sse::{Event as Theirs, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures::{FutureExt as _, Stream, stream};
use http_body_util::BodyExt as _;
use sse_runtime::{Event, EventStream};
use tokio::net::TcpListener;
use tokio::time::Instant;

use crate::{arrives, failing_ours, header, our_headers, ours, panics, sorted};

fn their_stream(
    events: impl IntoIterator<Item = Theirs>,
) -> Sse<impl Stream<Item = Result<Theirs, io::Error>>> {
    Sse::new(stream::iter(events.into_iter().map(Ok).collect::<Vec<_>>()))
}

/// The frames of a body that never waits.
fn frames(response: Response) -> Vec<String> {
    let mut body = response.into_body();
    let mut frames = Vec::new();
    while let Some(frame) = body.frame().now_or_never().expect("it never waits") {
        let data = frame.expect("it doesn't fail").into_data().expect("data");
        frames.push(String::from_utf8(data.to_vec()).expect("text"));
    }
    frames
}

fn theirs(event: Theirs) -> String {
    frames(their_stream([event]).into_response()).concat()
}

#[test]
fn an_event_with_a_name_alone_has_no_data_in_theirs() {
    for event in [Theirs::default().event("end"), Theirs::default().event("end").data("")] {
        assert_eq!(theirs(event), "event: end\n\n");
    }
    assert_eq!(ours(Event::empty().event("end")), "event: end\ndata: \n\n");
}

#[test]
fn a_second_call_panics_in_theirs_and_replaces_in_ours() {
    let second = Duration::from_secs(1);
    assert!(panics(|| Theirs::default().data("a").data("b")));
    assert!(panics(|| Theirs::default().event("a").event("b")));
    assert!(panics(|| Theirs::default().id("a").id("b")));
    assert!(panics(move || Theirs::default().retry(second).retry(second)));
    let event = Event::data("a").event("a").id("a").with_retry(second);
    let event = event.with_data("b").event("b").id("b").with_retry(2 * second);
    assert_eq!(ours(event), "retry: 2000\nid: b\nevent: b\ndata: b\n\n");
}

#[test]
fn texts_that_are_no_field_panic_in_theirs_and_are_mended_in_ours() {
    assert!(panics(|| Theirs::default().event("a\nb")));
    assert!(panics(|| Theirs::default().id("a\rb")));
    assert!(panics(|| Theirs::default().id("a\0b")));
    assert!(panics(|| Theirs::default().comment("a\nb")));
    assert_eq!(ours(Event::data("").event("a\nb")), "event: a b\ndata: \n\n");
    assert_eq!(ours(Event::data("").id("a\rb\0c")), "id: a b c\ndata: \n\n");
    assert_eq!(ours(Event::comment("a\nb")), ": a\n: b\n");
}

#[test]
fn a_comment_or_retry_alone_ends_with_a_blank_line_in_theirs() {
    assert_eq!(theirs(Theirs::default().comment("a")), ": a\n\n");
    assert_eq!(theirs(Theirs::default().retry(Duration::from_secs(1))), "retry: 1000\n\n");
    assert_eq!(ours(Event::comment("a")), ": a\n");
    assert_eq!(ours(Event::retry(Duration::from_secs(1))), "retry: 1000\n");
}

async fn first_beat(response: Response) -> (String, Duration) {
    let begin = Instant::now();
    let frame = response.into_body().frame().await.expect("a frame").expect("no failure");
    let data = frame.into_data().expect("data");
    (String::from_utf8(data.to_vec()).expect("text"), begin.elapsed())
}

#[tokio::test(start_paused = true)]
async fn a_quiet_stream_is_kept_alive() {
    let quiet = || Sse::new(stream::pending::<Result<Theirs, io::Error>>());
    let mut body = quiet().into_response().into_body();
    assert!(tokio::time::timeout(Duration::from_hours(1), body.frame()).await.is_err());

    let theirs = quiet().keep_alive(KeepAlive::default()).into_response();
    assert_eq!(first_beat(theirs).await, (":\n\n".to_owned(), Duration::from_secs(15)));
    let theirs = quiet().keep_alive(KeepAlive::new().text("alive")).into_response();
    assert_eq!(first_beat(theirs).await.0, ": alive\n\n");

    let quiet = || EventStream::from(stream::pending::<Event>());
    let ours = IntoResponse::into_response(quiet());
    assert_eq!(first_beat(ours).await, (":\n".to_owned(), Duration::from_secs(30)));
    let ours = quiet().heartbeat_event(Event::comment("alive"));
    assert_eq!(first_beat(IntoResponse::into_response(ours)).await.0, ": alive\n");
}

#[tokio::test]
async fn a_burst_is_a_frame_for_each_event_in_theirs_and_one_in_ours() {
    let theirs = their_stream([1, 2, 3].map(|n| Theirs::default().data(n.to_string())));
    assert_eq!(frames(theirs.into_response()).len(), 3);
    let ours = EventStream::from(stream::iter([1, 2, 3].map(Event::data)));
    assert_eq!(frames(IntoResponse::into_response(ours)).len(), 1);
}

#[test]
fn the_headers_are_these() {
    let headers = |response: Response| {
        let headers = response.headers().iter();
        sorted(headers.map(|(name, value)| header(name.as_str(), value.to_str().expect("text"))))
    };
    let theirs = their_stream([]).into_response();
    assert_eq!(headers(theirs), [header("cache-control", "no-cache")]);
    let ours = EventStream::from(stream::empty::<Event>());
    assert_eq!(headers(IntoResponse::into_response(ours)), our_headers());
}

async fn failing_theirs() -> Sse<impl Stream<Item = Result<Theirs, io::Error>>> {
    let events = [1, 2, 3].map(|n| Ok(Theirs::default().data(n.to_string())));
    Sse::new(stream::iter(events.into_iter().chain([Err(io::Error::other("failed"))])))
}

#[tokio::test]
async fn what_came_before_a_failure_is_lost_in_theirs_and_arrives_in_ours() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let app = Router::new().route("/theirs", get(failing_theirs)).route("/ours", get(failing_ours));
    let server = tokio::spawn(async { axum::serve(listener, app).await });
    assert!(arrives(address, "/ours").await.contains("data: 1\n\ndata: 2\n\ndata: 3\n\n"));
    assert!(!arrives(address, "/theirs").await.contains("data: 3"));
    server.abort();
}
