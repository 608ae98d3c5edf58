//! The stream of `lib.rs` on bare hyper, over HTTP/1.1 and HTTP/2.
//!
//! ```text
//! cargo run -p examples --bin hyper
//! curl -N http://127.0.0.1:8000/events
//! curl -N --http2-prior-knowledge http://127.0.0.1:8000/events
//! ```

use std::convert::Infallible;
use std::io::{self, ErrorKind};
use std::pin::pin;

use bytes::Bytes;
use examples::{GRACE, count, counting_page, listen};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use sse_runtime::{Error, LastEventId};
use tokio::net::{TcpListener, TcpStream};
use tokio::select;
use tokio::signal::ctrl_c;
use tokio::time::{Duration, sleep, timeout};
use tokio_util::sync::CancellationToken;

type Body = UnsyncBoxBody<Bytes, Error>;

fn respond(request: &Request<Incoming>, shutdown: CancellationToken) -> Response<Body> {
    let response = match request.uri().path() {
        "/events" => {
            let last = LastEventId::from_parts(request.headers(), request.uri());
            let events = count(last).with_graceful_shutdown(shutdown.cancelled_owned());
            events.into_http_response().map(Body::new)
        }
        "/" => Response::new(Body::new(counting_page().to_owned().map_err(never))),
        _ => {
            let mut response = Response::new(empty());
            *response.status_mut() = StatusCode::NOT_FOUND;
            response
        }
    };
    // Over HTTP/2 hyper sends the body that it is given, even in response to a HEAD.
    if request.method() == Method::HEAD { response.map(|_| empty()) } else { response }
}

fn empty() -> Body {
    Body::new(Empty::new().map_err(never))
}

fn never(error: Infallible) -> Error {
    match error {}
}

/// The next connection. With too many open files there can be none, until others are closed.
async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((socket, _)) => return socket,
            Err(error) if is_of_connection(&error) => {}
            Err(error) => {
                eprintln!("not accepted: {error}");
                sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

/// Whether only that connection failed: it may be gone before it is accepted.
fn is_of_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionAborted | ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset
    )
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let listener = TcpListener::from_std(listen())?;
    let connections = GracefulShutdown::new();
    let shutdown = CancellationToken::new();
    let mut builder = Builder::new(TokioExecutor::new());
    // Without this, hyper has no timeouts, so a client could take forever to send its headers.
    builder.http1().timer(TokioTimer::new()).http2().timer(TokioTimer::new());
    let mut signal = pin!(ctrl_c());
    loop {
        let socket = select! {
            socket = accept(&listener) => socket,
            _ = &mut signal => break,
        };
        // Without this, the kernel may hold back a small event that follows another.
        _ = socket.set_nodelay(true);
        let shutdown = shutdown.clone();
        let service = service_fn(move |request| {
            let response = respond(&request, shutdown.clone());
            async { Ok::<_, Infallible>(response) }
        });
        let connection = builder.serve_connection(TokioIo::new(socket), service).into_owned();
        tokio::spawn(connections.watch(connection));
    }
    drop(listener);
    shutdown.cancel();
    // The body of a client that has stopped reading isn't polled, so its stream can't end.
    _ = timeout(GRACE, connections.shutdown()).await;
    Ok(())
}
