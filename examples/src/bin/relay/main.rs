//! A relay between browsers and a language model: the browser never sees the key.
//!
//! Shows how to read another server's events and pass them on as they arrive, and what to do when
//! that server refuses, breaks off, or falls silent. The model is a fake one on this machine, and prints
//! what it sees.
//!
//! ```text
//! cargo run -p examples --bin relay
//! ```
//!
//! Then open <http://127.0.0.1:8000>, or try
//!
//! ```text
//! curl -N 'http://127.0.0.1:8000/ask?prompt=hello'
//! curl -N 'http://127.0.0.1:8000/ask?prompt=endless'   # ctrl-c: the model is told to stop
//! curl -i 'http://127.0.0.1:8000/ask?prompt=refuse'    # 502 Bad Gateway
//! curl -i 'http://127.0.0.1:8000/ask?prompt=json'      # the same, though the model's status is 200
//! curl -N 'http://127.0.0.1:8000/ask?prompt=break'     # an event named `failed`
//! curl -N 'http://127.0.0.1:8000/ask?prompt=error'     # the same, though the model sends `error`
//! curl -N 'http://127.0.0.1:8000/ask?prompt=stall'     # the same, after the idle timeout
//! ```

mod model;
mod upstream;

use std::io;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::get;
use axum::serve::ListenerExt as _;
use examples::{listen, page};
use serde::Deserialize;
use sse_runtime::{Event, EventStream};
use tokio::net::TcpListener;

use crate::upstream::Upstream;

#[derive(Deserialize)]
struct Question {
    prompt: String,
}

/// Until the model's first event, the status of the response can report a failure. After it, an
/// event has to. It isn't named `error`, since browsers use that name for a lost connection.
async fn ask(
    State(upstream): State<Upstream>,
    Query(question): Query<Question>,
) -> Result<EventStream![], (StatusCode, String)> {
    let mut answer = upstream.ask(&question.prompt).await.map_err(bad_gateway)?;
    let first = answer.next().await.map_err(bad_gateway)?;
    Ok(EventStream!({
        let mut next = Ok(first);
        while let Ok(Some(received)) = next {
            yield received.into();
            next = answer.next().await;
        }
        match next {
            Ok(_) => yield Event::empty().event("done"),
            Err(failure) => yield Event::data(failure).event("failed"),
        }
    }))
}

fn bad_gateway(failure: String) -> (StatusCode, String) {
    (StatusCode::BAD_GATEWAY, failure)
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let upstream = Upstream::new(model::start().await?);
    let app = Router::new()
        .route("/", get(Html(page!("relay.html"))))
        .route("/ask", get(ask))
        .with_state(upstream);
    let listener = TcpListener::from_std(listen())?;
    // Without this, the kernel may hold back a token that follows another.
    axum::serve(listener.tap_io(|socket| _ = socket.set_nodelay(true)), app).await
}
