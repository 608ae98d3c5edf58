//! Bodies over HTTP/2, where one task takes frames from a body and another writes them, as far as the
//! client's window allows.

use std::convert::Infallible;
use std::net::SocketAddr;

use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use reqwest::{Client, Response};
use sse_runtime::{Event, EventStream};
use tests::deadline::in_time;
use tokio::net::TcpListener;

const COUNT: usize = 4000;

fn event() -> Event {
    Event::data("x".repeat(1024 - "data: \n\n".len()))
}

/// A server of 4 MB in events of 1 KiB.
async fn server() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((line, _)) = listener.accept().await {
            line.set_nodelay(true).unwrap();
            let service = service_fn(async |_| {
                let events = EventStream! { for _ in 0..COUNT { yield event(); } };
                Ok::<_, Infallible>(events.into_http_response())
            });
            let server = http2::Builder::new(TokioExecutor::new());
            tokio::spawn(server.serve_connection(TokioIo::new(line), service));
        }
    });
    address
}

async fn get(address: SocketAddr, window: u32) -> Response {
    let client = Client::builder().no_proxy().http2_prior_knowledge();
    let client = client.http2_initial_stream_window_size(window);
    let client = client.http2_initial_connection_window_size(window).build().unwrap();
    client.get(format!("http://{address}")).send().await.unwrap()
}

/// The sizes of the frames.
async fn sizes(mut response: Response) -> Vec<usize> {
    let mut sizes = Vec::new();
    while let Some(frame) = in_time(response.chunk()).await.unwrap() {
        sizes.push(frame.len());
    }
    sizes
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_reads_is_given_large_frames() {
    let sizes = sizes(get(server().await, 1024 * 1024).await).await;
    assert_eq!(sizes.iter().sum::<usize>(), COUNT * 1024);
    assert!(sizes.len() < COUNT / 3, "{} frames", sizes.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_with_a_small_window_is_given_all() {
    let sizes = sizes(get(server().await, 3000).await).await;
    assert_eq!(sizes.iter().sum::<usize>(), COUNT * 1024);
    assert!(sizes.len() < COUNT, "{} frames", sizes.len());
}
