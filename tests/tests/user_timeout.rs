//! What the guide says of clients that don't read: Linux gives their connections up.

#![cfg(target_os = "linux")]

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use axum::serve::ListenerExt as _;
use socket2::SockRef;
use sse_runtime::{Event, EventStream};
use tests::deadline::in_time;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::{CancellationToken, DropGuard};

fn endless(guard: DropGuard) -> EventStream![] {
    EventStream!({
        let _guard = guard;
        loop {
            yield Event::data("x".repeat(1024));
        }
    })
}

#[tokio::test]
async fn a_stream_whose_client_does_not_read_is_dropped_after_the_user_timeout() {
    let dropped = CancellationToken::new();
    let token = dropped.clone();
    let app = Router::new().route("/", get(async move || endless(token.clone().drop_guard())));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let listener = listener.tap_io(|socket: &mut TcpStream| {
        let timeout = Some(Duration::from_millis(500));
        SockRef::from(&*socket).set_tcp_user_timeout(timeout).unwrap();
    });
    let serving = tokio::spawn(axum::serve(listener, app).into_future());

    let mut client = TcpStream::connect(address).await.unwrap();
    client.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    in_time(dropped.cancelled()).await;
    serving.abort();
}
