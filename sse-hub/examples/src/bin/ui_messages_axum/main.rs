//! The chat of `ui_messages` in axum.
//!
//! ```text
//! cargo run -p hub-examples --bin ui_messages_axum
//! ```

#[path = "../ui_messages/answer.rs"]
mod answer;
#[path = "../../../../../examples/src/bin/relay/model.rs"]
mod model;
#[path = "../../../../../examples/src/bin/relay/upstream.rs"]
mod upstream;

use std::error::Error;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{delete, get, post};
use axum::serve::ListenerExt as _;
use axum::{Json, Router};
use examples::listen;
use sse_hub::{Join, Runs, StartError};
use tokio::net::TcpListener;

use crate::answer::{Question, answer, replay, runs};
use crate::upstream::Upstream;

type Shared = State<(Runs, Upstream)>;

fn ui_messages(answer: Join) -> impl IntoResponse {
    ([("x-vercel-ai-ui-message-stream", "v1")], replay(answer))
}

/// A new question takes the place of one that is still being answered.
async fn ask(
    State((runs, model)): Shared,
    Json(question): Json<Question>,
) -> Result<impl IntoResponse, StatusCode> {
    runs.stop(&question.id).await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    match runs.start(&question.id, answer(model, question.prompt())).await {
        Ok(run) => Ok(ui_messages(run.join())),
        Err(StartError::Running(_)) => Err(StatusCode::CONFLICT),
        Err(StartError::Id) => Err(StatusCode::UNPROCESSABLE_ENTITY),
        Err(_) => Err(StatusCode::SERVICE_UNAVAILABLE),
    }
}

/// The client asks here after a reload. It begins its message anew, so it gets all of it.
async fn resume(
    State((runs, _)): Shared,
    Path(id): Path<String>,
) -> Result<impl IntoResponse, StatusCode> {
    match runs.find(&id).await {
        Ok(Some(run)) if run.remains(None) => Ok(ui_messages(run.join())),
        Ok(_) => Err(StatusCode::NO_CONTENT),
        Err(_) => Err(StatusCode::SERVICE_UNAVAILABLE),
    }
}

/// The client's own `stop()` only closes its connection.
async fn stop(State((runs, _)): Shared, Path(id): Path<String>) -> StatusCode {
    match runs.stop(&id).await {
        Ok(true) => StatusCode::NO_CONTENT,
        Ok(false) => StatusCode::NOT_FOUND,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let model = Upstream::new(model::start().await?);
    let app = Router::new()
        .route("/", get("Let `useChat` ask here.\n"))
        .route("/api/chat", post(ask))
        .route("/api/chat/{id}/stream", get(resume))
        .route("/api/chat/{id}", delete(stop))
        .with_state((runs().await?, model));
    let listener = TcpListener::from_std(listen())?;
    Ok(axum::serve(listener.tap_io(|socket| _ = socket.set_nodelay(true)), app).await?)
}
