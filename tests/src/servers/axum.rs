use std::future::IntoFuture as _;
use std::net::SocketAddr;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use futures::poll;
use sse_runtime::{AcceptEncoding, Event, EventStream, LastEventId};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::streams::{Answer, World, answer};
use super::{CACHE, PAGE};

async fn stream(
    State(world): State<World>,
    Path(name): Path<String>,
    last: Option<LastEventId>,
    accepted: AcceptEncoding,
) -> Response {
    let shutdown = world.shutdown.clone().cancelled_owned();
    match answer(&name, &world, last, accepted) {
        Answer::Events(events) => {
            IntoResponse::into_response(events.with_graceful_shutdown(shutdown))
        }
        Answer::Fallible(events) => {
            IntoResponse::into_response(events.with_graceful_shutdown(shutdown))
        }
        Answer::Refused(status) => StatusCode::from_u16(status).expect("a status").into_response(),
    }
}

async fn required(last: LastEventId) -> String {
    last.to_string()
}

async fn overridden() -> ([(&'static str, &'static str); 1], EventStream![]) {
    ([CACHE], EventStream! { yield Event::data("a") })
}

pub(super) async fn start(world: World) -> (SocketAddr, JoinHandle<()>) {
    let shutdown = world.shutdown.clone().cancelled_owned();
    let app = Router::new()
        .route("/{name}", get(stream).post(stream))
        .route("/id/required", get(required))
        .route("/overridden", get(overridden))
        .route("/id/page", get(Html(PAGE)))
        .with_state(world);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let server = axum::serve(listener, app).with_graceful_shutdown(shutdown);
    let mut server = server.into_future();
    // At its first poll axum spawns a task, which counts among those of an idle server.
    assert!(poll!(&mut server).is_pending(), "it runs");
    (address, tokio::spawn(async move { server.await.expect("it runs") }))
}
