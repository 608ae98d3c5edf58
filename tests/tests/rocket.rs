//! Rocket, over real sockets.
#![forbid(unsafe_code)]
#![allow(clippy::needless_pass_by_value, reason = "guards come by value")]

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use eventsource_client::{Client as _, ClientBuilder, SSE};
use eventsource_stream::Eventsource as _;
use futures::{StreamExt as _, TryStreamExt as _};
use launchdarkly_sdk_transport::HyperTransport;
use rocket::http::{Header, Status};
use rocket::response::Responder;
use rocket::{Shutdown, State, get, routes};
use sse_runtime::{Event, EventStream, LastEventId};
use tests::http::request;
use tests::reference::Parser;
use tests::rocket_server::Server;
use tokio::sync::Notify;

fn data(text: &'static str) -> Event {
    Event::data(text)
}

#[get("/two")]
fn two() -> EventStream![] {
    EventStream! {
        yield data(" the");
        yield data("a\r\nb").event("named").id("7");
    }
}

#[tokio::test]
async fn the_head_is_complete_and_the_body_is_chunked() {
    let server = Server::start(routes![two]).await;
    let mut response = request(server.address, "GET /two", &[]).await;
    assert_eq!(response.status, 200);
    assert_eq!(response.header("content-type"), Some("text/event-stream"));
    assert_eq!(response.header("cache-control"), Some("no-cache, no-store, no-transform"));
    assert_eq!(response.header("x-accel-buffering"), Some("no"));
    assert_eq!(response.header("connection"), None);
    assert_eq!(response.header("content-length"), None);
    let body = response.text().await.unwrap();
    assert_eq!(body, "data:  the\n\nid: 7\nevent: named\ndata: a\ndata: b\n\n");
}

#[tokio::test]
async fn independent_clients_read_what_was_yielded() {
    let server = Server::start(routes![two]).await;

    let response = reqwest::get(server.url("/two")).await.unwrap();
    let events: Vec<_> = response.bytes_stream().eventsource().try_collect().await.unwrap();
    let read: Vec<_> = events.iter().map(|it| (&*it.event, &*it.data, &*it.id)).collect();
    assert_eq!(read, [("message", " the", ""), ("named", "a\nb", "7")]);

    let client = ClientBuilder::for_url(&server.url("/two")).unwrap();
    let client = client.build_with_transport(transport());
    let events = client.stream().try_filter_map(async |item| {
        Ok(if let SSE::Event(event) = item { Some(event) } else { None })
    });
    let events: Vec<_> = Box::pin(events).take(2).try_collect().await.unwrap();
    let read: Vec<_> =
        events.iter().map(|it| (&*it.event_type, &*it.data, it.id.as_deref())).collect();
    assert_eq!(read, [("message", " the", None), ("named", "a\nb", Some("7"))]);
}

fn transport() -> HyperTransport {
    HyperTransport::builder().disable_proxy().build_http().unwrap()
}

#[derive(Responder)]
struct Overridden<S> {
    stream: S,
    cache: Header<'static>,
}

#[get("/overridden")]
fn overridden() -> Overridden<EventStream![]> {
    let cache = Header::new("Cache-Control", "private");
    Overridden { stream: EventStream! { yield data("a") }, cache }
}

#[tokio::test]
async fn a_header_can_be_overridden() {
    let server = Server::start(routes![overridden]).await;
    let response = request(server.address, "GET /overridden", &[]).await;
    assert_eq!(response.header("cache-control"), Some("private"));
    assert_eq!(response.header("x-accel-buffering"), Some("no"));
}

#[get("/count")]
fn count(polls: &State<Arc<AtomicUsize>>) -> EventStream![] {
    EventStream! {
        polls.fetch_add(1, Ordering::SeqCst);
        yield data("a");
    }
}

#[tokio::test]
async fn a_head_request_runs_no_generator() {
    let polls = Arc::new(AtomicUsize::new(0));
    let rocket = rocket::build().manage(polls.clone()).mount("/", routes![count]);
    let server = Server::launch(rocket).await;
    let head = request(server.address, "HEAD /count", &[]).await;
    assert_eq!((head.status, head.header("content-type")), (200, Some("text/event-stream")));
    assert_eq!(polls.load(Ordering::SeqCst), 0);
    request(server.address, "GET /count", &[]).await.text().await.unwrap();
    assert_eq!(polls.load(Ordering::SeqCst), 1);
}

#[get("/burst/<count>")]
fn burst(count: u32) -> EventStream![] {
    EventStream! {
        for n in 0..count { yield Event::data(n.to_string()) }
    }
}

#[tokio::test]
async fn a_burst_of_100_000_events_comes_in_pieces_of_16_kib() {
    let server = Server::start(routes![burst]).await;
    let mut response = request(server.address, "GET /burst/100000", &[]).await;
    let chunks = response.chunks().await.unwrap();
    let expected = (0..100_000).fold(String::new(), |body, n| body + &format!("data: {n}\n\n"));
    assert_eq!(String::from_utf8(chunks.concat()).unwrap(), expected);
    assert!(chunks.iter().all(|chunk| chunk.len() <= 16 * 1024));
    assert!(chunks.len() < 10_000, "{} pieces", chunks.len());
}

#[get("/large")]
fn large() -> EventStream![] {
    EventStream! {
        yield Event::data("x".repeat(5 * 1024 * 1024));
        yield Event::data("line\n".repeat(100_000));
        yield Event::empty();
    }
}

#[tokio::test]
async fn large_events_arrive_whole() {
    let server = Server::start(routes![large]).await;
    let mut response = request(server.address, "GET /large", &[]).await;
    let events = Parser::read(response.text().await.unwrap().as_bytes()).dispatched;
    let lengths: Vec<_> = events.iter().map(|event| event.data.len()).collect();
    assert_eq!(lengths, [5 * 1024 * 1024, 500_000, 0]);
}

#[get("/waiting")]
fn waiting(go: &State<Arc<Notify>>) -> EventStream![] {
    EventStream! {
        for n in 0..3 {
            yield Event::data(n.to_string());
            go.notified().await;
        }
    }
}

#[tokio::test]
async fn an_event_before_a_long_wait_arrives_before_it_ends() {
    let go = Arc::new(Notify::new());
    let rocket = rocket::build().manage(go.clone()).mount("/", routes![waiting]);
    let server = Server::launch(rocket).await;
    let mut response = request(server.address, "GET /waiting", &[]).await;
    for n in 0..3 {
        assert_eq!(response.chunk().await.unwrap().unwrap(), format!("data: {n}\n\n").as_bytes());
        go.notify_one();
    }
    assert_eq!(response.chunk().await.unwrap(), None);
}

#[get("/beating")]
fn beating() -> EventStream![] {
    let stream = EventStream! { yield data("a"); pending().await };
    stream.heartbeat(Duration::from_millis(20))
}

#[tokio::test]
async fn heartbeats_keep_a_quiet_connection_alive() {
    let server = Server::start(routes![beating]).await;
    let mut response = request(server.address, "GET /beating", &[]).await;
    let mut body = Vec::new();
    while body.len() < "data: a\n\n:\n:\n:\n".len() {
        body.extend(response.chunk().await.unwrap().unwrap());
    }
    assert!(body.starts_with(b"data: a\n\n:\n:\n:\n"));
}

#[get("/silent")]
fn silent() -> EventStream![] {
    EventStream! { yield data("a"); pending().await }
}

#[get("/polite")]
fn polite(shutdown: Shutdown) -> EventStream![] {
    EventStream! {
        yield data("a");
        shutdown.await;
        yield data("goodbye");
    }
}

#[get("/stubborn")]
fn stubborn() -> EventStream![] {
    EventStream! { yield data("a"); pending().await }.shutdown_grace(Duration::MAX)
}

#[get("/busy")]
fn busy() -> EventStream![] {
    EventStream! { loop { yield data("a"); tokio::task::yield_now().await } }
}

#[tokio::test]
async fn streams_end_between_two_events_when_the_server_shuts_down() {
    let server = Server::start(routes![silent, polite, stubborn, busy]).await;
    let mut responses = Vec::new();
    for path in ["/silent", "/polite", "/stubborn", "/busy"] {
        let mut response = request(server.address, &format!("GET {path}"), &[]).await;
        assert!(response.chunk().await.unwrap().unwrap().starts_with(b"data: a\n\n"));
        responses.push(tokio::spawn(async move { response.text().await }));
    }
    server.notify_shutdown();
    let mut bodies = Vec::new();
    for response in responses {
        bodies.push(response.await.unwrap().expect("the body ends properly"));
    }
    assert_eq!(bodies[..3], ["", "data: goodbye\n\n", ""]);
    assert_eq!(bodies[3].replace("data: a\n\n", ""), "");
    server.stopped().await;
}

#[get("/failing")]
fn failing() -> EventStream![Result<Event, std::num::ParseIntError>] {
    EventStream! {
        yield data("a");
        yield Event::data("x".parse::<u8>()?.to_string());
    }
}

#[get("/told")]
fn told() -> EventStream![] {
    EventStream! { yield data("a"); Err("broken")?; }
        .on_error(|error: String| Event::data(error).event("failed"))
}

#[get("/refused")]
fn refused() -> Result<EventStream![], Status> {
    if true { Err(Status::Forbidden) } else { Ok(EventStream! { yield data("a") }) }
}

#[tokio::test]
async fn a_failing_stream_delivers_what_it_yielded_before() {
    let server = Server::start(routes![failing, told, refused]).await;
    let body = request(server.address, "GET /failing", &[]).await.text().await;
    assert_eq!(body.unwrap(), "data: a\n\n");
    let body = request(server.address, "GET /told", &[]).await.text().await;
    assert_eq!(body.unwrap(), "data: a\n\nevent: failed\ndata: broken\n\n");
    assert_eq!(request(server.address, "GET /refused", &[]).await.status, 403);
}

#[test]
fn rockets_local_client_reads_streams_too() {
    use rocket::local::blocking::Client;
    let client = Client::debug_with(routes![two, failing]).unwrap();
    let body = client.get("/two").dispatch().into_string().unwrap();
    assert_eq!(body.lines().next(), Some("data:  the"));
    let body = client.get("/failing").dispatch().into_string();
    assert_eq!(body.as_deref(), Some("data: a\n\n"));
}

#[get("/panicking")]
fn panicking() -> EventStream![] {
    EventStream! {
        yield data("a");
        tokio::task::yield_now().await;
        panic!("in the block");
    }
}

#[tokio::test]
async fn a_panic_ends_that_response_only() {
    let server = Server::start(routes![panicking, two]).await;
    let other = request(server.address, "GET /two", &[]).await;
    let mut response = request(server.address, "GET /panicking", &[]).await;
    assert_eq!(response.chunk().await.unwrap().unwrap(), b"data: a\n\n");
    assert!(!matches!(response.chunk().await, Ok(Some(_))));
    let mut other = other;
    assert!(other.text().await.unwrap().ends_with("data: b\n\n"));
    assert_eq!(request(server.address, "GET /two", &[]).await.status, 200);
}

struct CountsDrops(Arc<AtomicUsize>);

impl Drop for CountsDrops {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[get("/held")]
fn held(drops: &State<Arc<AtomicUsize>>) -> EventStream![] {
    let held = CountsDrops(drops.inner().clone());
    let stream = EventStream! {
        let _held = held;
        yield data("a");
        pending().await
    };
    stream.heartbeat(Duration::from_millis(10))
}

#[tokio::test]
async fn a_client_that_leaves_drops_the_generator_once() {
    let drops = Arc::new(AtomicUsize::new(0));
    let rocket = rocket::build().manage(drops.clone()).mount("/", routes![held]);
    let server = Server::launch(rocket).await;
    let mut response = request(server.address, "GET /held", &[]).await;
    response.chunk().await.unwrap();
    assert_eq!(drops.load(Ordering::SeqCst), 0);
    drop(response);
    let gone_by = Instant::now() + Duration::from_secs(60);
    while drops.load(Ordering::SeqCst) == 0 {
        assert!(Instant::now() < gone_by, "the generator is never dropped");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    server.notify_shutdown();
    server.stopped().await;
    assert_eq!(drops.load(Ordering::SeqCst), 1);
}

#[get("/resume")]
fn resume(last: Option<LastEventId>) -> EventStream![] {
    EventStream! {
        yield match last {
            Some(id) => Event::data(format!("after {id}")).id(id.as_str().to_owned()),
            None => data("from the start"),
        };
    }
}

#[get("/bare")]
fn bare(last: LastEventId) -> String {
    last.to_string()
}

#[tokio::test]
async fn the_last_event_id_comes_from_the_header_else_from_the_query() {
    let server = Server::start(routes![resume, bare]).await;
    let rows: [(&str, &[&str], &str); 9] = [
        ("/resume", &[], "from the start"),
        ("/resume", &["Last-Event-ID: 7"], "after 7"),
        ("/resume?lastEventId=8", &["last-event-id: 7"], "after 7"),
        ("/resume?lastEventId=8", &[], "after 8"),
        ("/resume?a=1&lastEventId=%C3%A9%20%2B1&b", &[], "after é +1"),
        ("/resume?lastEventId=8", &["Last-Event-ID: "], "after 8"),
        ("/resume?lastEventId=", &[], "from the start"),
        ("/resume?lastEventId=a%00b", &[], "from the start"),
        ("/resume?lastEventId=%FF", &[], "from the start"),
    ];
    for (path, headers, expected) in rows {
        let mut response = request(server.address, &format!("GET {path}"), headers).await;
        let body = response.text().await.unwrap();
        assert!(body.contains(&format!("data: {expected}\n")), "{path} {headers:?}: {body}");
    }
    assert_eq!(request(server.address, "GET /bare", &["Last-Event-ID: é"]).await.status, 200);
    assert_eq!(request(server.address, "GET /bare", &[]).await.status, 400);
}

#[tokio::test]
async fn a_client_reconnects_with_the_id_it_saw_last() {
    let server = Server::start(routes![resume]).await;
    let client = ClientBuilder::for_url(&server.url("/resume")).unwrap();
    let client = client.last_event_id("7".to_owned()).build_with_transport(transport());
    let mut items = client.stream();
    while let Some(item) = items.try_next().await.unwrap() {
        if let SSE::Event(event) = item {
            assert_eq!((&*event.data, event.id.as_deref()), ("after 7", Some("7")));
            return;
        }
    }
    panic!("no event came");
}
