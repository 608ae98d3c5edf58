//! The connection to the model.

use std::fmt::Display;
use std::net::SocketAddr;
use std::pin::Pin;
use std::time::Duration;

use axum::body::Bytes;
use futures::{Stream, StreamExt as _};
use reqwest::Client;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use sse_runtime::{EventReader, Received, is_event_stream};

use crate::model::{END, KEY};

type Chunks = Pin<Box<dyn Stream<Item = reqwest::Result<Bytes>> + Send>>;

#[derive(Clone)]
pub(crate) struct Upstream {
    client: Client,
    url: String,
}

impl Upstream {
    pub(crate) fn new(model: SocketAddr) -> Self {
        let client = Client::builder()
            // A timeout of the whole request would cut off every long answer. This one counts
            // from one read to the next, so it notices a model that has fallen silent.
            .read_timeout(idle_timeout())
            .connect_timeout(Duration::from_secs(5))
            // The model is on this machine.
            .no_proxy();
        Self { client: client.build().expect("a client"), url: format!("http://{model}/answers") }
    }

    pub(crate) async fn ask(&self, prompt: &str) -> Result<Answer, String> {
        let request = self.client.post(&self.url).bearer_auth(KEY);
        let request =
            request.header(CONTENT_TYPE, "text/plain").header(ACCEPT, "text/event-stream");
        let response = request.body(prompt.to_owned()).send().await.map_err(told)?;
        let response = response.error_for_status().map_err(told)?;
        if !is_event_stream(response.headers()) {
            return Err(failed("the model's answer is no stream of events"));
        }
        Ok(Answer(EventReader::new(Box::pin(response.bytes_stream()))))
    }
}

/// The answer as it comes. When it is dropped, the connection is closed, and the model stops.
pub(crate) struct Answer(EventReader<Chunks>);

impl Answer {
    /// The next token; `None` at the end of the answer.
    pub(crate) async fn next(&mut self) -> Result<Option<Received>, String> {
        match self.0.next().await {
            Some(Ok(Received { event, data, .. })) if is_taken(&event) => {
                Err(failed(format_args!("the model sent {data:?}, named {event:?}")))
            }
            Some(Ok(received)) if received.data == END => Ok(None),
            Some(Ok(received)) => Ok(Some(received)),
            Some(Err(error)) => Err(told(error)),
            None => Err("the model's answer has no end".to_owned()),
        }
    }
}

/// Heartbeats of the model count as well, if it sends any.
fn idle_timeout() -> Duration {
    let milliseconds = std::env::var("RELAY_IDLE_MS").ok().and_then(|it| it.parse().ok());
    Duration::from_millis(milliseconds.unwrap_or(30_000))
}

/// Whether the page would take the name for something else. Models name an event `error` if they
/// fail after their 200, but to browsers that is a lost connection. The other names are the relay's
/// own.
fn is_taken(name: &str) -> bool {
    matches!(name, "error" | "done" | "failed")
}

fn told(error: impl std::error::Error) -> String {
    let mut causes = vec![error.to_string()];
    let mut source = error.source();
    while let Some(error) = source {
        causes.push(error.to_string());
        source = error.source();
    }
    failed(causes.join(": "))
}

/// For the log, what happened; for the client, no more than that something did. An error of
/// reqwest holds the address of the model, and the model's own may hold anything.
fn failed(what: impl Display) -> String {
    println!("relay: {what}");
    "the model does not answer".to_owned()
}
