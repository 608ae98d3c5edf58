//! What a proxy does to the streams of the server behind it.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::time::timeout;

use crate::http::{Response, request};
use crate::servers::Server;

/// What takes longer is held back. Nothing waits for it to pass that isn't.
const HELD_BACK: Duration = Duration::from_secs(10);

/// Reads a stream that sends each event only when the one before has arrived. Returns the longest
/// time that one took, or `None` if the proxy held one back.
pub async fn events_arrive_one_by_one(server: &Server, proxy: SocketAddr) -> Option<Duration> {
    timeout(HELD_BACK, one_by_one(server, proxy)).await.ok()?.ok()
}

async fn one_by_one(server: &Server, proxy: SocketAddr) -> io::Result<Duration> {
    let mut start = Instant::now();
    let mut slowest = Duration::ZERO;
    let mut response = request(proxy, "GET /waiting", &[]).await;
    assert_eq!(response.header("content-type"), Some("text/event-stream"));
    for n in 0..3 {
        read_exactly(&mut response, &format!("data: {n}\n\n")).await?;
        slowest = slowest.max(start.elapsed());
        start = Instant::now();
        server.world.go.notify_one();
    }
    assert_eq!(response.chunk().await?, None);
    Ok(slowest)
}

/// Whether a stream with heartbeats outlives one without, which the proxy closes.
pub async fn heartbeats_keep_a_stream_open(server: &Server, proxy: SocketAddr) -> bool {
    let mut quiet = request(proxy, "GET /silent", &[]).await;
    let mut beating = request(proxy, "GET /patient", &[]).await;
    for response in [&mut quiet, &mut beating] {
        read_exactly(response, "data: a\n\n").await.expect("it isn't cut off yet");
    }
    let closed = timeout(HELD_BACK, quiet.chunk()).await.expect("the proxy has an idle limit");
    assert!(!matches!(closed, Ok(Some(_))), "nothing more is sent");
    let beats = async {
        for _ in 0..2 {
            beating.chunk().await.ok()??;
        }
        server.world.go.notify_one();
        beating.text().await.ok()
    };
    let rest = timeout(HELD_BACK, beats).await;
    rest.ok().flatten().is_some_and(|rest| rest.ends_with("data: b\n\n"))
}

/// Whether a client sees that a stream has failed: it ends unlike one that didn't. Everything that
/// came before arrives in both cases, and what `on_error` sends does as well.
pub async fn a_failure_can_be_told(proxy: SocketAddr) -> bool {
    let (text, end) = read_to_end(request(proxy, "GET /told", &[]).await).await;
    assert_eq!(text, "data: a\n\ndata: b\n\ndata: broken\n\n");
    end.expect("a stream that ends does so properly");
    let (text, end) = read_to_end(request(proxy, "GET /failing", &[]).await).await;
    assert_eq!(text, "data: a\n\ndata: b\n\n");
    end.is_err()
}

/// Reads this, in however many chunks.
async fn read_exactly(response: &mut Response, expected: &str) -> io::Result<()> {
    let mut read = Vec::new();
    while read.len() < expected.len() {
        read.extend(response.chunk().await?.ok_or(io::ErrorKind::UnexpectedEof)?);
    }
    assert_eq!(String::from_utf8_lossy(&read), expected);
    Ok(())
}

async fn read_to_end(mut response: Response) -> (String, io::Result<()>) {
    // A proxy that has the whole body before it answers can tell its length.
    if response.header("content-length").is_some() {
        return (response.body().await.expect("text"), Ok(()));
    }
    let mut body = Vec::new();
    let end = loop {
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend(chunk),
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    (String::from_utf8(body).expect("text"), end)
}
