//! The stream of `lib.rs` in axum.
//!
//! ```text
//! cargo run -p examples --bin axum
//! curl -N http://127.0.0.1:8000/events
//! ```
//!
//! At ctrl-c axum stops accepting connections, and waits for those that are open. So the
//! streams need the signal too: else they, and the server, never end.

use std::io;

use axum::Router;
use axum::extract::State;
use axum::response::Html;
use axum::routing::get;
use examples::{PAGE, address, count};
use sse_runtime::{EventStream, LastEventId};
use tokio::net::TcpListener;
use tokio::signal::ctrl_c;
use tokio_util::sync::CancellationToken;

async fn events(
    State(shutdown): State<CancellationToken>,
    last: Option<LastEventId>,
) -> EventStream![] {
    count(last).with_graceful_shutdown(shutdown.cancelled_owned())
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let shutdown = CancellationToken::new();
    let app = Router::new()
        .route("/", get(Html(PAGE)))
        .route("/events", get(events))
        .with_state(shutdown.clone());
    let listener = TcpListener::bind(address()).await?;
    println!("http://{}", listener.local_addr()?);
    let signal = async move {
        _ = ctrl_c().await;
        shutdown.cancel();
    };
    axum::serve(listener, app).with_graceful_shutdown(signal).await
}
