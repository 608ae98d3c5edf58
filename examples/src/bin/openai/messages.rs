//! The same model for clients of Anthropic's Messages: both the question and the answer are translated.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};
use sse_runtime::{Event, EventStream};

use crate::upstream::{Chunks, Upstream, error, no_stream, silence};

pub(crate) async fn messages(
    State(upstream): State<Upstream>,
    Json(question): Json<Value>,
) -> Result<EventStream![], Response> {
    if question["stream"] != true {
        return Err((StatusCode::BAD_REQUEST, Json(error("ask for a stream"))).into_response());
    }
    let answer = upstream.ask(&translated(&question)).await?;
    let mut chunks = Chunks::new(answer).ok_or_else(no_stream)?;
    let stream = EventStream!({
        yield start(&question["model"]);
        let block = text("text", "");
        yield event(&json!({ "type": "content_block_start", "index": 0, "content_block": block }));
        let mut reason = Value::Null;
        while let Some(chunk) = chunks.next().await {
            let chunk: Value = serde_json::from_str(&chunk).unwrap_or_default();
            let choice = &chunk["choices"][0];
            if let Some(token) = choice["delta"]["content"].as_str() {
                yield delta(token);
            }
            if let Some(finish) = choice["finish_reason"].as_str() {
                reason = stop_reason(finish).into();
            }
        }
        if let Err(why) = chunks.end() {
            yield event(&error(why));
            return;
        }
        yield event(&json!({ "type": "content_block_stop", "index": 0 }));
        yield end(&reason);
        yield event(&json!({ "type": "message_stop" }));
    });
    Ok(stream.heartbeat(silence() / 4))
}

/// These clients go by the name of an event, which is its type.
fn event(message: &Value) -> Event {
    let name = message["type"].as_str().unwrap_or_default();
    Event::json(message).event(name)
}

/// What is a parameter in one API is a message in the other.
fn translated(question: &Value) -> Value {
    let system = question.get("system");
    let system = system.map(|content| json!({ "role": "system", "content": content }));
    let messages = question["messages"].as_array().into_iter().flatten().cloned();
    let messages: Vec<_> = system.into_iter().chain(messages).collect();
    let (model, limit) = (&question["model"], &question["max_tokens"]);
    json!({ "model": model, "max_tokens": limit, "messages": messages, "stream": true })
}

fn start(model: &Value) -> Event {
    let id = format!("msg_{:016x}", fastrand::u64(..));
    let usage = json!({ "input_tokens": 0, "output_tokens": 0 });
    event(&json!({ "type": "message_start", "message": {
        "id": id, "type": "message", "role": "assistant", "model": model, "content": [],
        "stop_reason": null, "stop_sequence": null, "usage": usage,
    }}))
}

fn delta(token: &str) -> Event {
    let delta = text("text_delta", token);
    event(&json!({ "type": "content_block_delta", "index": 0, "delta": delta }))
}

fn end(reason: &Value) -> Event {
    let delta = json!({ "stop_reason": reason, "stop_sequence": null });
    event(&json!({ "type": "message_delta", "delta": delta, "usage": { "output_tokens": 0 } }))
}

fn text(kind: &str, text: &str) -> Value {
    json!({ "type": kind, "text": text })
}

fn stop_reason(finish: &str) -> &'static str {
    if finish == "length" { "max_tokens" } else { "end_turn" }
}
