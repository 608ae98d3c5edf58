//! axum 0.8: ours, and its own `Sse`.

use std::convert::Infallible;

use axum::Router;
use axum::extract::Path;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::serve::ListenerExt as _;
use futures::{Stream, StreamExt as _};
use tokio::net::TcpListener;

use super::{ADDRESS, KEEP_ALIVE, OK, listening, ours, source, topic};
use crate::Result;
use crate::kind::Kind;

type Burst = Path<(usize, usize)>;

pub(super) async fn serve(routes: Router) -> Result {
    let listener = TcpListener::bind(ADDRESS).await?;
    listening(listener.local_addr()?);
    let listener = listener.tap_io(|stream| _ = stream.set_nodelay(true));
    let publish = get(async |Path(count): Path<usize>| topic::publish(count));
    let routes = routes.route("/publish/{count}", publish).route("/ping", get(async || OK));
    Ok(axum::serve(listener, routes).await?)
}

pub(super) fn ours() -> Router {
    Router::new()
        .route("/burst/{kind}/{count}", get(async |Path((kind, n)): Burst| ours::burst(kind, n)))
        .route("/endless/{size}", get(async |Path(size): Path<usize>| ours::endless(size)))
        .route("/fan-out", get(async || ours::fan_out(topic::subscribe())))
        .route("/idle", get(async || ours::idle()))
        .route("/latency/{count}", get(async |Path(count): Path<usize>| ours::latency(count)))
        // `/hub`: axum copies its table of routes for each connection, and one route more than the
        // peer has would double that table.
        .fallback(get(async || ours::hub()))
}

pub(super) fn own() -> Router {
    Router::new()
        .route("/burst/{kind}/{count}", get(own_burst))
        .route("/endless/{size}", get(own_endless))
        .route("/fan-out", get(async || sse(source::fan_out(topic::subscribe()).map(data))))
        .route("/idle", get(async || sse(source::idle().map(data))))
        .route("/latency/{count}", get(own_latency))
}

async fn own_burst(Path((kind, count)): Burst) -> Response {
    let kind = Kind::at(kind);
    let texts = source::burst(kind, count);
    match kind {
        Kind::Named => sse(texts.map(|text| data(text).id(Kind::ID).event(Kind::NAME))),
        _ => sse(texts.map(data)),
    }
}

async fn own_endless(Path(size): Path<usize>) -> Response {
    sse(source::endless(size).map(data))
}

async fn own_latency(Path(count): Path<usize>) -> Response {
    sse(source::latency(count).map(data))
}

fn data(text: impl AsRef<str>) -> Event {
    Event::default().data(text)
}

fn sse(events: impl Stream<Item = Event> + Send + 'static) -> Response {
    let keep_alive = KeepAlive::new().interval(KEEP_ALIVE);
    Sse::new(events.map(Ok::<_, Infallible>)).keep_alive(keep_alive).into_response()
}
