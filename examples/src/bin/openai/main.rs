//! A relay that OpenAI's own clients read: your users ask it, and it adds the key.
//!
//! Shows how to answer as that API does, and what to do when the model behind refuses, breaks off, falls
//! silent, or ends without a sign. Without `UPSTREAM`, the model is a fake one on this machine.
//!
//! ```text
//! cargo run -p examples --bin openai
//! UPSTREAM=http://127.0.0.1:11434/v1 cargo run -p examples --bin openai   # Ollama, for example
//! ```
//!
//! Then let a client of OpenAI's ask `http://127.0.0.1:8000/v1`, or try
//!
//! ```text
//! curl -N http://127.0.0.1:8000/v1/chat/completions --json '{"messages": [{"role": "user", "content": "hello"}], "stream": true}'
//! ```
//!
//! with "cut", "short", "silent", "json", "busy" or "unfinished" in place of "hello": the faults of `model.rs`.

mod model;

use std::env;
use std::fmt::Display;
use std::io;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
use axum::{Json, Router};
use examples::listen;
use futures::StreamExt as _;
use reqwest::Client;
use serde_json::{Value, json};
use sse_runtime::{Event, EventReader, EventStream, is_event_stream};
use tokio::net::TcpListener;

#[derive(Clone)]
struct Upstream {
    client: Client,
    url: String,
    key: String,
}

/// Asks with the key, and passes on the answer as it comes. If the caller leaves, the model stops.
async fn completions(
    State(upstream): State<Upstream>,
    Json(question): Json<Value>,
) -> Result<EventStream![], Response> {
    let answer = upstream.ask(&question).await?;
    if !is_event_stream(answer.headers()) {
        let wants_stream = question["stream"] == true;
        return Err(if wants_stream { bad_gateway("no stream") } else { whole(answer) });
    }
    let mut events = EventReader::new(Box::pin(answer.bytes_stream()));
    let stream = EventStream!({
        while let Some(Ok(event)) = events.next().await {
            let is_last = event.data == DONE;
            yield event.into();
            if is_last {
                return;
            }
        }
        if events.cut_off_event().is_some_and(|event| event.data == DONE) {
            yield Event::data(DONE);
        } else {
            // Clients take an end without the last event for the end of the answer.
            yield Event::json(&error("the model broke off"));
        }
    });
    // A model that thinks is silent, and its client must not give up.
    Ok(stream.heartbeat(silence() / 4))
}

/// What the last event says.
const DONE: &str = "[DONE]";

impl Upstream {
    async fn ask(&self, question: &Value) -> Result<reqwest::Response, Response> {
        let request = self.client.post(format!("{}/chat/completions", self.url));
        let request = request.bearer_auth(&self.key).header(CONTENT_TYPE, "application/json");
        let answer = request.body(question.to_string()).send().await;
        let answer = answer.map_err(|error| bad_gateway(error.without_url()))?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        // These two tell a client whether to try again, and when.
        let wait = answer.headers().get(RETRY_AFTER).map(|wait| [(RETRY_AFTER, wait.clone())]);
        Err((answer.status(), wait, Json(error("the model refuses"))).into_response())
    }
}

/// For a client that didn't ask for a stream.
fn whole(answer: reqwest::Response) -> Response {
    ([(CONTENT_TYPE, "application/json")], Body::from_stream(answer.bytes_stream())).into_response()
}

fn bad_gateway(why: impl Display) -> Response {
    (StatusCode::BAD_GATEWAY, Json(error(why))).into_response()
}

/// As the API reports a failure, in a body and in an event.
fn error(why: impl Display) -> Value {
    json!({ "error": { "message": why.to_string(), "type": "upstream_error" } })
}

/// So long may the model be silent.
fn silence() -> Duration {
    let milliseconds = env::var("RELAY_IDLE_MS").ok().and_then(|it| it.parse().ok());
    Duration::from_millis(milliseconds.unwrap_or(60_000))
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let url = match env::var("UPSTREAM") {
        Ok(url) => url,
        Err(_) => model::start().await?,
    };
    let key = env::var("UPSTREAM_KEY").unwrap_or_else(|_| model::KEY.to_owned());
    let client = Client::builder().read_timeout(silence()).no_proxy().build().expect("a client");
    let app = Router::new()
        .route("/", get("Ask http://127.0.0.1:8000/v1 with a client of OpenAI's.\n"))
        .route("/v1/chat/completions", post(completions))
        .with_state(Upstream { client, url, key });
    let listener = TcpListener::from_std(listen())?;
    axum::serve(listener.tap_io(|socket| _ = socket.set_nodelay(true)), app).await
}
