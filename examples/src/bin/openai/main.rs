//! A relay that OpenAI's own clients read, and Anthropic's: your users ask it, and it adds the key.
//!
//! Shows how to answer as these APIs do, and what to do when the model behind refuses, breaks off, falls
//! silent, or ends without a sign. Without `UPSTREAM`, the model is a fake one on this machine. It speaks OpenAI's
//! API, and `messages.rs` translates.
//!
//! ```text
//! cargo run -p examples --bin openai
//! UPSTREAM=http://127.0.0.1:11434/v1 cargo run -p examples --bin openai   # Ollama, for example
//! ```
//!
//! Then let a client of OpenAI's ask `http://127.0.0.1:8000/v1`, or one of Anthropic's `http://127.0.0.1:8000`, or try
//!
//! ```text
//! curl -N http://127.0.0.1:8000/v1/chat/completions --json '{"messages": [{"role": "user", "content": "hello"}], "stream": true}'
//! curl -N http://127.0.0.1:8000/v1/messages --json '{"messages": [{"role": "user", "content": "hello"}], "stream": true}'
//! ```
//!
//! with "cut", "short", "silent", "json", "busy" or "unfinished" in place of "hello": the faults of `model.rs`.

mod messages;
mod model;
mod upstream;

use std::env;
use std::io;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
use axum::{Json, Router};
use examples::listen;
use serde_json::Value;
use sse_runtime::{Event, EventStream, is_event_stream};
use tokio::net::TcpListener;

use crate::messages::messages;
use crate::upstream::{Chunks, DONE, Upstream, error, no_stream, silence};

/// Asks with the key, and passes on the answer as it comes. If the caller leaves, the model stops.
async fn completions(
    State(upstream): State<Upstream>,
    Json(question): Json<Value>,
) -> Result<EventStream![], Response> {
    let answer = upstream.ask(&question).await?;
    if question["stream"] != true && !is_event_stream(answer.headers()) {
        return Err(whole(answer));
    }
    let mut chunks = Chunks::new(answer).ok_or_else(no_stream)?;
    let stream = EventStream!({
        while let Some(chunk) = chunks.next().await {
            yield Event::data(chunk);
        }
        match chunks.end() {
            Ok(()) => yield Event::data(DONE),
            // Clients take an end without the last event for the end of the answer.
            Err(why) => yield Event::json(&error(why)),
        }
    });
    // A model that thinks is silent, and its client must not give up.
    Ok(stream.heartbeat(silence() / 4))
}

/// For a client that didn't ask for a stream.
fn whole(answer: reqwest::Response) -> Response {
    ([(CONTENT_TYPE, "application/json")], Body::from_stream(answer.bytes_stream())).into_response()
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let url = match env::var("UPSTREAM") {
        Ok(url) => url,
        Err(_) => model::start().await?,
    };
    let key = env::var("UPSTREAM_KEY").unwrap_or_else(|_| model::KEY.to_owned());
    let app = Router::new()
        .route("/", get("Ask http://127.0.0.1:8000/v1 with a client of OpenAI's, or without the /v1 with one of Anthropic's.\n"))
        .route("/v1/chat/completions", post(completions))
        .route("/v1/messages", post(messages))
        .with_state(Upstream::new(url, key));
    let listener = TcpListener::from_std(listen())?;
    axum::serve(listener.tap_io(|socket| _ = socket.set_nodelay(true)), app).await
}
