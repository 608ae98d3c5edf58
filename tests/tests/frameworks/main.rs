//! Streams in frameworks that need no feature of their own, as the guide says it: each module serves the
//! same stream, and a client reads each event before the next is sent, and then the end.

mod ntex;
mod poem;
mod salvo;
mod tonic;
mod tower;
mod warp;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use sse_runtime::{Event, EventStream};
use tests::deadline::in_time;
use tests::http::request;
use tokio::net::TcpListener;
use tokio::select;
use tokio::sync::Notify;

/// What a test tells the stream.
struct Go {
    /// The next event may be sent.
    next: Notify,
    /// Whether the stream fails right after the last event.
    fails: bool,
}

/// Three events, each of which is sent when `go` says so.
fn three(go: Arc<Go>) -> EventStream![Result<Event, io::Error>] {
    EventStream! {
        for n in 0..3 {
            go.next.notified().await;
            yield Event::data(n);
        }
        if go.fails {
            Err(io::Error::other("planned"))?;
        }
    }
}

/// Whether a client can tell that a stream failed.
#[derive(Clone, Copy)]
enum Failure {
    Told,
    LooksLikeAnEnd,
}

/// A stream that ends is read to its end, and one that fails to its failure. All that was sent
/// before arrives in both cases.
async fn reads<F>(path: &str, failure: Failure, serve: impl Fn(TcpListener, Arc<Go>) -> F)
where
    F: Future<Output = ()>,
{
    for fails in [false, true] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let go = Arc::new(Go { next: Notify::new(), fails });
        let serving = serve(listener, go.clone());
        select! {
            () = in_time(three_are_read(address, path, failure, &go)) => {}
            () = serving => panic!("it serves no longer"),
        }
    }
}

async fn three_are_read(address: SocketAddr, path: &str, failure: Failure, go: &Go) {
    let mut response = request(address, &format!("GET {path}"), &[]).await;
    assert_eq!(response.status, 200);
    for &(name, value) in sse_runtime::HEADERS {
        assert_eq!(response.header(&name.to_lowercase()), Some(value));
    }
    for n in 0..3 {
        go.next.notify_one();
        let chunk = response.chunk().await.unwrap().unwrap();
        assert_eq!(String::from_utf8(chunk).unwrap(), format!("data: {n}\n\n"));
    }
    let end = response.chunk().await;
    let is_told = go.fails && matches!(failure, Failure::Told);
    assert_eq!(end.is_err(), is_told, "{end:?}");
}

#[tokio::test]
async fn events_are_read_from_poem() {
    reads("/events", Failure::LooksLikeAnEnd, poem::serve).await;
}

#[tokio::test]
async fn events_are_read_from_salvo() {
    reads("/events", Failure::Told, salvo::serve).await;
}

#[tokio::test]
async fn events_are_read_from_tonic() {
    reads("/events/all", Failure::Told, tonic::serve).await;
}

#[tokio::test]
async fn events_are_read_from_tower() {
    reads("/events", Failure::Told, tower::serve).await;
}

#[tokio::test]
async fn events_are_read_from_warp() {
    reads("/events", Failure::Told, warp::serve).await;
}

#[tokio::test]
async fn events_are_read_from_ntex() {
    reads("/events", Failure::Told, ntex::serve).await;
}

#[test]
fn the_lines_of_the_guide_are_those_that_are_tested() {
    let page = include_str!("../../../sse-runtime/src/guide/frameworks.md");
    let sources = [
        include_str!("ntex.rs"),
        include_str!("poem.rs"),
        include_str!("salvo.rs"),
        include_str!("tonic.rs"),
        include_str!("tower.rs"),
        include_str!("warp.rs"),
    ];
    let lines = |text: &'static str| text.lines().map(str::trim).filter(|line| !line.is_empty());
    let tested: Vec<_> = sources.into_iter().flat_map(lines).collect();
    let blocks = page.split("```").skip(1).step_by(2);
    let said: Vec<_> = blocks.flat_map(|block| lines(block).skip(1)).collect();
    assert!(said.len() >= sources.len());
    for line in said {
        assert!(tested.contains(&line), "{line}");
    }
}
