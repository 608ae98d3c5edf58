//! Shared by both frameworks: an answer in the parts of the protocol.

use std::env;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use sse_hub::{ConnectError, Join, RunError, RunState, Runs};
use sse_runtime::{Event, EventStream};

use crate::upstream::Upstream;

/// In memory, or where `RUNS` says: in a folder or in Redis, they survive this process.
pub(crate) async fn runs() -> Result<Runs, ConnectError> {
    let url = env::var("RUNS").unwrap_or_else(|_| "memory:".to_owned());
    Runs::builder().max_duration(Some(Duration::from_mins(10))).connect(&url).await
}

/// What the client posts: the chat, and all that was said in it.
#[derive(Deserialize)]
pub(crate) struct Question {
    pub(crate) id: String,
    messages: Vec<Value>,
}

impl Question {
    pub(crate) fn prompt(&self) -> String {
        let text = |message: &Value| Some(message["parts"][0]["text"].as_str()?.to_owned());
        self.messages.last().and_then(text).unwrap_or_default()
    }
}

/// Yields the answer, part by part. The ID of the message is made here, once, so that all readers have the same.
pub(crate) fn answer(model: Upstream, prompt: String) -> EventStream![Result<Event, String>] {
    EventStream!({
        let id = format!("{:016x}", fastrand::u64(..));
        yield part(json!({ "type": "start", "messageId": id }));
        yield part(json!({ "type": "text-start", "id": "text" }));
        assert_ne!(prompt, "panic", "to show what clients see of a bug");
        let mut tokens = model.ask(&prompt).await?;
        while let Some(token) = tokens.next().await? {
            yield part(json!({ "type": "text-delta", "id": "text", "delta": token.data }));
        }
        yield part(json!({ "type": "text-end", "id": "text" }));
        yield part(json!({ "type": "finish" }));
        yield Event::data("[DONE]");
    })
}

/// Streams the whole answer, and how it ended. These clients know neither names nor IDs of events.
pub(crate) fn replay(answer: Join) -> EventStream![] {
    let answer = answer.ids(false).on_gap(|_| Some(error("a part of the answer is gone")));
    EventStream::from(answer).on_error(|end: RunError| match end.state() {
        RunState::Stopped => part(json!({ "type": "abort" })),
        _ => error("the model does not answer"),
    })
}

fn error(text: &str) -> Event {
    part(json!({ "type": "error", "errorText": text }))
}

#[allow(clippy::needless_pass_by_value, reason = "it is made for this")]
fn part(part: Value) -> Event {
    Event::json(&part)
}
