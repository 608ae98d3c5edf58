//! The tool, and the messages of the protocol.

use std::io;
use std::sync::LazyLock;
use std::time::Duration;

use serde_json::{Value, json};
use sse_runtime::{Event, EventStream};
use tokio::time::sleep;

pub(crate) static INITIALIZED: LazyLock<Value> = LazyLock::new(
    || json!({ "protocolVersion": "2025-11-25", "capabilities": { "tools": {} }, "serverInfo": info() }),
);

pub(crate) static DISCOVERED: LazyLock<Value> = LazyLock::new(|| {
    json!({
        "resultType": "complete", "supportedVersions": ["2026-07-28"], "capabilities": { "tools": {} },
        "ttlMs": 0, "cacheScope": "public",
    })
});

pub(crate) static LISTED: LazyLock<Value> = LazyLock::new(|| {
    let to = json!({ "type": "object", "properties": { "to": { "type": "integer" } } });
    let tools = json!([{ "name": "count", "description": "Counts", "inputSchema": to }]);
    json!({ "resultType": "complete", "tools": tools, "ttlMs": 0, "cacheScope": "public" })
});

fn info() -> Value {
    json!({ "name": "counting", "version": "1" })
}

const PACE: Duration = Duration::from_millis(100);

/// Counts to `to`. Reports each number if the client has asked for progress, and yields the answer at the end.
pub(crate) fn call(id: Value, params: &Value) -> EventStream![Result<Event, io::Error> + use<>] {
    let to = params["arguments"]["to"].as_u64().unwrap_or(10);
    let token = params["_meta"].get("progressToken").cloned();
    EventStream!({
        let mut work = Work { is_done: false };
        sleep(PACE).await;
        println!("tool: called");
        for number in 1..=to {
            sleep(PACE).await;
            if number == 13 {
                Err(io::Error::other("nobody counts that far"))?;
            }
            if let Some(token) = &token {
                let params = json!({ "progressToken": token, "progress": number, "total": to });
                yield message(json!({ "method": "notifications/progress", "params": params }));
            }
        }
        let text = format!("counted to {to}");
        let content = json!([{ "type": "text", "text": text }]);
        yield Event::json(&answer(&id, &json!({ "resultType": "complete", "content": content })));
        work.is_done = true;
    })
}

/// Says how the work ended.
struct Work {
    is_done: bool,
}

impl Drop for Work {
    fn drop(&mut self) {
        println!("tool: {}", if self.is_done { "done" } else { "cancelled" });
    }
}

pub(crate) fn answer(id: &Value, result: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "result": result })
}

pub(crate) fn unknown_method(id: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": -32601, "message": "unknown" } })
}

/// Returns the answer to a call that has failed. What went wrong stays on the server.
pub(crate) fn failed(id: &Value) -> Event {
    message(json!({ "id": id, "error": { "code": -32603, "message": "the tool has failed" } }))
}

fn message(mut message: Value) -> Event {
    message["jsonrpc"] = "2.0".into();
    Event::json(&message)
}
