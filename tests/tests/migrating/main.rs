//! What the page on migrating says about others' streams, and about ours in their place.

mod from_actix_web_lab;
mod from_axum;
mod from_rocket;

use std::io;
use std::net::SocketAddr;
use std::panic::{UnwindSafe, catch_unwind};

use sse_runtime::{Event, EventStream};
use tests::bytes::body;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

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

/// Three events, and then a failure.
async fn failing_ours() -> EventStream![Result<Event, io::Error>] {
    EventStream! {
        for n in 1..=3 {
            yield Event::data(n);
        }
        Err(io::Error::other("failed"))?;
    }
}

/// All that arrives of a response, whether it ends or is cut off.
async fn arrives(address: SocketAddr, path: &str) -> String {
    let mut connection = TcpStream::connect(address).await.expect("it listens");
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).await.expect("it reads");
    let mut bytes = Vec::new();
    _ = connection.read_to_end(&mut bytes).await;
    String::from_utf8(bytes).expect("text")
}
