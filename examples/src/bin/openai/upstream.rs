//! The model behind: how it is asked, and how its answer ends.

use std::env;
use std::fmt::Display;
use std::pin::Pin;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::response::{IntoResponse as _, Response};
use futures::{Stream, StreamExt as _};
use reqwest::Client;
use serde_json::{Value, json};
use sse_runtime::{EventReader, is_event_stream};

#[derive(Clone)]
pub(crate) struct Upstream {
    client: Client,
    url: String,
    key: String,
}

impl Upstream {
    pub(crate) fn new(url: String, key: String) -> Self {
        let client = Client::builder().read_timeout(silence()).no_proxy();
        Self { client: client.build().expect("a client"), url, key }
    }

    pub(crate) async fn ask(&self, question: &Value) -> Result<reqwest::Response, Response> {
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

/// What the last event says.
pub(crate) const DONE: &str = "[DONE]";

type Pieces = Pin<Box<dyn Stream<Item = reqwest::Result<Bytes>> + Send>>;

/// The chunks of an answer, as JSON. When it is dropped, the model stops.
pub(crate) struct Chunks {
    events: EventReader<Pieces>,
    is_done: bool,
}

impl Chunks {
    /// `None` if that is no stream.
    pub(crate) fn new(answer: reqwest::Response) -> Option<Self> {
        let is_stream = is_event_stream(answer.headers());
        let pieces: Pieces = Box::pin(answer.bytes_stream());
        is_stream.then(|| Self { events: EventReader::new(pieces), is_done: false })
    }

    /// The next one; `None` when there are no more.
    pub(crate) async fn next(&mut self) -> Option<String> {
        let event = self.events.next().await?.ok()?;
        self.is_done = event.data == DONE;
        (!self.is_done).then_some(event.data)
    }

    /// Whether the answer is whole. Some servers leave out the last blank line.
    pub(crate) fn end(&self) -> Result<(), &'static str> {
        let is_cut_off_done = || self.events.cut_off_event().is_some_and(|it| it.data == DONE);
        if self.is_done || is_cut_off_done() { Ok(()) } else { Err("the model broke off") }
    }
}

pub(crate) fn no_stream() -> Response {
    bad_gateway("no stream")
}

fn bad_gateway(why: impl Display) -> Response {
    (StatusCode::BAD_GATEWAY, Json(error(why))).into_response()
}

/// As both APIs report a failure, in a body and in an event.
pub(crate) fn error(why: impl Display) -> Value {
    json!({ "type": "error", "error": { "type": "api_error", "message": why.to_string() } })
}

/// So long may the model be silent.
pub(crate) fn silence() -> Duration {
    let milliseconds = env::var("RELAY_IDLE_MS").ok().and_then(|it| it.parse().ok());
    Duration::from_millis(milliseconds.unwrap_or(60_000))
}
