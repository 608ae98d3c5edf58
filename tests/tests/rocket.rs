//! What is Rocket's alone; what it shares with the others is in `contract.rs`.

use std::future::pending;
use std::time::Duration;

use rocket::local::asynchronous::Client;
use rocket::tokio::io::AsyncReadExt as _;
use rocket::{get, routes};
use sse_runtime::{Event, EventStream};
use tests::deadline::in_time;
use tests::http::request;
use tests::rocket_server::Server;

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

#[get("/stubborn")]
fn stubborn() -> EventStream![] {
    EventStream! { yield Event::data("a"); pending().await }.shutdown_grace(Duration::MAX)
}

#[tokio::test]
async fn a_longer_grace_than_the_servers_own_still_ends_in_time() {
    let server = Server::start(routes![stubborn]).await;
    let mut response = request(server.address, "GET /stubborn", &[]).await;
    assert_eq!(response.chunk().await.unwrap().unwrap(), b"data: a\n\n");
    server.notify_shutdown();
    assert_eq!(response.text().await.unwrap(), "");
    in_time(server.stopped()).await;
}

#[get("/failing")]
fn failing() -> EventStream![Result<Event, std::num::ParseIntError>] {
    EventStream! {
        yield Event::data("a");
        yield Event::data("x".parse::<u8>()?.to_string());
    }
}

#[tokio::test]
async fn the_local_client_reads_streams_too() {
    let client = Client::debug_with(routes![burst]).await.unwrap();
    let text = in_time(client.get("/burst/2").dispatch().await.into_string()).await;
    assert_eq!(text.as_deref(), Some("data: 0\n\ndata: 1\n\n"));
}

#[tokio::test]
async fn the_local_client_sees_a_failure_after_all_that_was_yielded() {
    let client = Client::debug_with(routes![failing]).await.unwrap();
    let mut response = client.get("/failing").dispatch().await;
    let mut body = Vec::new();
    let error = in_time(response.read_to_end(&mut body)).await.unwrap_err();
    assert_eq!(error.to_string(), "invalid digit found in string");
    assert_eq!(body, b"data: a\n\n");
}
