//! What the page on migrating says about others' streams, and about ours in their place.

mod from_actix_web_lab;
mod from_axum;
mod from_rocket;

use std::panic::{UnwindSafe, catch_unwind};

use sse_runtime::Event;
use tests::bytes::body;
use tests::http::request;

/// What ours sends.
fn ours(event: Event) -> String {
    String::from_utf8(body([event])).expect("text")
}

fn panics<T>(what: impl FnOnce() -> T + UnwindSafe) -> bool {
    catch_unwind(what).is_err()
}

/// The headers that streams set, in order.
fn sorted(headers: impl Iterator<Item = (String, String)>) -> Vec<(String, String)> {
    let kept = ["cache-control", "content-encoding", "expires", "x-accel-buffering"];
    let mut headers: Vec<_> = headers.filter(|(name, _)| kept.contains(&name.as_str())).collect();
    headers.sort();
    headers
}

fn header(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

fn our_headers() -> Vec<(String, String)> {
    vec![
        header("cache-control", "no-cache, no-store, no-transform"),
        header("x-accel-buffering", "no"),
    ]
}

/// What a client reads of a body that fails, as far as it arrives.
async fn read_until_it_fails(address: std::net::SocketAddr, path: &str) -> String {
    let mut response = request(address, &format!("GET {path}"), &[]).await;
    let mut read = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => read.extend(chunk),
            Ok(None) => panic!("the body ended as if it were whole"),
            Err(_) => return String::from_utf8(read).expect("text"),
        }
    }
}
