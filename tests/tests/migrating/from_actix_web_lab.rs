use std::io;
use std::pin::Pin;
use std::thread;
use std::time::Duration;

use actix_web::body::{MessageBody, to_bytes};
use actix_web::test::TestRequest;
use actix_web::{App, HttpServer, Responder, get, web};
use actix_web_lab::sse::{Data, Event as Theirs, Sse};
use futures::future::poll_fn;
use futures::{FutureExt as _, Stream, stream};
use sse_runtime::{Event, EventStream};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::{arrives, failing_ours, header, our_headers, ours, sorted};

fn their_stream(events: Vec<Theirs>) -> Sse<impl Stream<Item = Result<Theirs, io::Error>>> {
    Sse::from_stream(stream::iter(events.into_iter().map(Ok)))
}

fn theirs(event: impl Into<Theirs>) -> Option<String> {
    let bytes = to_bytes(their_stream(vec![event.into()])).now_or_never().expect("it never waits");
    Some(String::from_utf8(bytes.ok()?.to_vec()).expect("text"))
}

async fn next_chunk<B: MessageBody<Error: std::fmt::Debug>>(
    body: &mut Pin<Box<B>>,
) -> Option<String> {
    let chunk = poll_fn(|cx| body.as_mut().poll_next(cx)).await?.expect("it doesn't fail");
    Some(String::from_utf8(chunk.to_vec()).expect("text"))
}

#[test]
fn an_event_is_the_same() {
    let event = Data::new("text").event("price").id("1");
    assert_eq!(theirs(event).unwrap(), "id: 1\nevent: price\ndata: text\n\n");
    assert_eq!(
        ours(Event::data("text").event("price").id(1)),
        "id: 1\nevent: price\ndata: text\n\n"
    );
    assert_eq!(theirs(Data::new_json([1]).unwrap()).unwrap(), ours(Event::json(&[1])));
}

#[test]
fn texts_that_are_no_field_fail_theirs_and_are_mended_in_ours() {
    assert_eq!(theirs(Data::new("").event("a\nb")), None);
    assert_eq!(theirs(Data::new("").id("a\rb")), None);
    assert_eq!(theirs(Data::new("").id("a\0b")), None);
    assert_eq!(ours(Event::data("").event("a\nb")), "event: a b\ndata: \n\n");
    assert_eq!(ours(Event::data("").id("a\rb\0c")), "id: a b c\ndata: \n\n");
}

#[test]
fn a_comment_alone_ends_with_a_blank_line_in_theirs() {
    assert_eq!(theirs(Theirs::Comment("a".into())).unwrap(), ": a\n\n");
    assert_eq!(ours(Event::comment("a")), ": a\n");
}

#[tokio::test(start_paused = true)]
async fn the_reconnection_time_comes_first_in_theirs_and_anywhere_in_ours() {
    let theirs = their_stream(vec![]).with_retry_duration(Duration::from_secs(1));
    assert_eq!(next_chunk(&mut Box::pin(theirs)).await.unwrap(), "retry: 1000\n\n");
    let event = Event::data("a").with_retry(Duration::from_secs(1));
    assert_eq!(ours(event), "retry: 1000\ndata: a\n\n");
}

#[tokio::test(start_paused = true)]
async fn a_quiet_stream_is_kept_alive() {
    let quiet = || Sse::from_stream(stream::pending::<Result<Theirs, io::Error>>());
    let mut theirs = Box::pin(quiet());
    let hour = Duration::from_hours(1);
    assert!(tokio::time::timeout(hour, next_chunk(&mut theirs)).await.is_err());

    let begin = Instant::now();
    let mut theirs = Box::pin(quiet().with_keep_alive(Duration::from_secs(15)));
    assert_eq!(next_chunk(&mut theirs).await.unwrap(), ": keep-alive\n\n");
    assert_eq!(begin.elapsed(), Duration::ZERO);

    let request = TestRequest::default().to_http_request();
    let ours = EventStream::from(stream::pending::<Event>()).respond_to(&request);
    assert_eq!(next_chunk(&mut Box::pin(ours.into_body())).await.unwrap(), ":\n");
    assert_eq!(begin.elapsed(), Duration::from_secs(30));
}

#[tokio::test]
async fn a_burst_is_a_chunk_for_each_event_in_theirs_and_one_in_ours() {
    let mut theirs = Box::pin(their_stream(vec![Data::new("1").into(), Data::new("2").into()]));
    assert_eq!(next_chunk(&mut theirs).await.unwrap(), "data: 1\n\n");
    let request = TestRequest::default().to_http_request();
    let ours = EventStream::from(stream::iter([1, 2].map(Event::data))).respond_to(&request);
    let chunk = next_chunk(&mut Box::pin(ours.into_body())).await.unwrap();
    assert_eq!(chunk, "data: 1\n\ndata: 2\n\n");
}

#[test]
fn the_headers_are_these() {
    let request = TestRequest::default().to_http_request();
    let headers = |response: &actix_web::HttpResponse| {
        let headers = response.headers().iter();
        sorted(headers.map(|(name, value)| header(name.as_str(), value.to_str().expect("text"))))
    };
    let theirs = their_stream(vec![]).respond_to(&request);
    let expected = [header("cache-control", "no-cache"), header("content-encoding", "identity")];
    assert_eq!(headers(&theirs), expected);
    let ours = EventStream::from(stream::empty::<Event>()).respond_to(&request);
    assert_eq!(headers(&ours), our_headers());
}

#[get("/theirs")]
async fn failing_theirs() -> impl Responder {
    let events = [1, 2, 3].map(|n| Ok(Data::new(n.to_string()).into()));
    Sse::from_stream(stream::iter(events.into_iter().chain([Err(io::Error::other("failed"))])))
}

#[tokio::test]
async fn what_came_before_a_failure_is_lost_in_theirs_and_arrives_in_ours() {
    let (started, mut address) = mpsc::unbounded_channel();
    // On a thread of its own, since actix-web has a runtime of its own. It ends with the test.
    thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let app =
                || App::new().service(failing_theirs).route("/ours", web::get().to(failing_ours));
            let server = HttpServer::new(app).workers(1).disable_signals();
            let server = server.bind("127.0.0.1:0").expect("a port");
            started.send(server.addrs()[0]).expect("the test waits");
            server.run().await
        })
    });
    let address = address.recv().await.expect("it starts");
    assert!(arrives(address, "/ours").await.contains("data: 1\n\ndata: 2\n\ndata: 3\n\n"));
    assert!(!arrives(address, "/theirs").await.contains("data: 3"));
}
