//! The stream of `lib.rs` in axum.
//!
//! ```text
//! cargo run -p examples --bin axum
//! curl -N http://127.0.0.1:8000/events
//! ```
//!
//! At ctrl-c axum stops accepting connections, and waits for those that are open. So the
//! streams need the signal too. Without it they would never end, and neither would the server.

use std::io;

use axum::Router;
use axum::extract::State;
use axum::response::Html;
use axum::routing::get;
use axum::serve::ListenerExt as _;
use examples::{count, counting_page, listen, overdue};
use sse_runtime::{EventStream, LastEventId};
use tokio::net::TcpListener;
use tokio::select;
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
        .route("/", get(Html(counting_page())))
        .route("/events", get(events))
        .with_state(shutdown.clone());
    // Without this, the kernel may hold back a small event that follows another.
    let listener = TcpListener::from_std(listen())?.tap_io(|socket| _ = socket.set_nodelay(true));
    let overdue = overdue(shutdown.clone());
    let signal = async move {
        _ = ctrl_c().await;
        shutdown.cancel();
    };
    select! {
        result = axum::serve(listener, app).with_graceful_shutdown(signal).into_future() => result,
        () = overdue => Ok(()),
    }
}
