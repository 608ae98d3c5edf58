//! The chat of `assistant` in axum.
//!
//! ```text
//! cargo run -p hub-examples --bin assistant_axum
//! ```

#[path = "../assistant/answer.rs"]
mod answer;
#[path = "../../../../../examples/src/bin/relay/model.rs"]
mod model;
#[path = "../../../../../examples/src/bin/relay/upstream.rs"]
mod upstream;

use std::io;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::get;
use axum::serve::ListenerExt as _;
use examples::{listen, page};
use sse_hub::{Runs, StartError};
use sse_runtime::{EventStream, LastEventId};
use tokio::net::TcpListener;

use crate::answer::{answer, settings, told};
use crate::upstream::Upstream;

type Shared = State<(Runs, Upstream)>;

/// Two requests for the same chat start one answer.
async fn ask(State((runs, model)): Shared, Path(id): Path<String>, prompt: String) -> StatusCode {
    match runs.start(&id, answer(model, prompt)).await {
        Ok(_) | Err(StartError::Running(_)) => StatusCode::ACCEPTED,
        Err(StartError::Id) => StatusCode::UNPROCESSABLE_ENTITY,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// With 204, an `EventSource` doesn't come back.
async fn join(
    State((runs, _)): Shared,
    Path(id): Path<String>,
    last: Option<LastEventId>,
) -> Result<EventStream![], StatusCode> {
    match runs.find(&id).await {
        Ok(Some(run)) if run.remains(last.as_ref()) => {
            Ok(EventStream::from(run.join().resume(last)).on_error(told))
        }
        Ok(_) => Err(StatusCode::NO_CONTENT),
        Err(_) => Err(StatusCode::SERVICE_UNAVAILABLE),
    }
}

async fn stop(State((runs, _)): Shared, Path(id): Path<String>) -> StatusCode {
    match runs.stop(&id).await {
        Ok(true) => StatusCode::NO_CONTENT,
        Ok(false) => StatusCode::NOT_FOUND,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let model = Upstream::new(model::start().await?);
    let app = Router::new()
        .route("/", get(Html(page!("../assistant/assistant.html"))))
        .route("/chats/{id}", get(join).post(ask).delete(stop))
        .with_state((settings().build(), model));
    let listener = TcpListener::from_std(listen())?;
    // Without this, the kernel may hold back a token that follows another.
    axum::serve(listener.tap_io(|socket| _ = socket.set_nodelay(true)), app).await
}
