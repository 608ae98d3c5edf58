//! A server of the Model Context Protocol, with a tool that takes some time and reports progress.
//!
//! Shows its Streamable HTTP in both of its forms. In revision 2025-11-25 a call outlives its connection, and a client
//! whose connection breaks comes back for the rest: a run. In 2026-07-28 the call lives as long as
//! its response, and a client cancels it by closing that: a plain stream.
//!
//! ```text
//! cargo run -p hub-examples --bin mcp
//! ```
//!
//! Then connect a client to `http://127.0.0.1:8000/mcp`, or try
//!
//! ```text
//! curl -N http://127.0.0.1:8000/mcp -H 'Mcp-Session-Id: mine' --json '{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"arguments": {"to": 5}, "_meta": {"progressToken": 7}}}'
//! curl -N http://127.0.0.1:8000/mcp -H 'Mcp-Session-Id: mine' -H 'Last-Event-ID: <one of those>'   # the rest of it
//! ```

mod calls;
mod tool;

use std::io;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::serve::ListenerExt as _;
use axum::{Json, Router};
use examples::listen;
use serde_json::Value;
use sse_hub::Runs;
use sse_runtime::{EventStream, LastEventId};
use tokio::net::TcpListener;

async fn message(
    State(runs): State<Runs>,
    headers: HeaderMap,
    Json(message): Json<Value>,
) -> Result<Response, StatusCode> {
    is_ours(&headers)?;
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let session = header("mcp-session-id").unwrap_or_default();
    let params = &message["params"];
    let Some(id) = message.get("id") else {
        if message["method"] == "notifications/cancelled" {
            calls::cancel(&runs, session, &params["requestId"]).await?;
        }
        return Ok(StatusCode::ACCEPTED.into_response());
    };
    let result = match message["method"].as_str().unwrap_or_default() {
        "initialize" => {
            let session = format!("{:032x}", fastrand::u128(..));
            let answer = Json(tool::answer(id, &tool::INITIALIZED));
            return Ok(([("mcp-session-id", session)], answer).into_response());
        }
        "server/discover" => &tool::DISCOVERED,
        "tools/list" => &tool::LISTED,
        "tools/call" => {
            if header("mcp-protocol-version") != Some("2026-07-28") {
                return Ok(calls::start(&runs, session, id, params).await?.into_response());
            }
            let id = id.clone();
            let call =
                tool::call(id.clone(), params).on_error(move |_: io::Error| tool::failed(&id));
            return Ok(call.into_response());
        }
        _ => return Ok(Json(tool::unknown_method(id)).into_response()),
    };
    Ok(Json(tool::answer(id, result)).into_response())
}

/// In revision 2025-11-25: the rest of a call, from a client that has lost its connection. There is no other stream
/// to get.
async fn resume(
    State(runs): State<Runs>,
    headers: HeaderMap,
    last: Option<LastEventId>,
) -> Result<EventStream![], StatusCode> {
    is_ours(&headers)?;
    let session = headers.get("mcp-session-id").and_then(|value| value.to_str().ok());
    let last = last.ok_or(StatusCode::METHOD_NOT_ALLOWED)?;
    calls::resume(&runs, session.unwrap_or_default(), &last).await
}

/// A page of another origin may not use the tools of this machine through its user's browser.
fn is_ours(headers: &HeaderMap) -> Result<(), StatusCode> {
    const OURS: [&str; 2] = ["http://127.0.0.1:8000", "http://localhost:8000"];
    let is_ours = headers.get("origin").is_none_or(|origin| OURS.iter().any(|ours| origin == ours));
    if is_ours { Ok(()) } else { Err(StatusCode::FORBIDDEN) }
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let app = Router::new()
        .route("/", axum::routing::get("Connect a client to /mcp.\n"))
        .route("/mcp", post(message).get(resume))
        .with_state(Runs::new());
    let listener = TcpListener::from_std(listen())?;
    axum::serve(listener.tap_io(|socket| _ = socket.set_nodelay(true)), app).await
}
