//! A fake model with OpenAI's API, which says what it sees.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use futures::{Stream, StreamExt as _, stream};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::time::sleep;

pub(crate) const KEY: &str = "not-for-clients";

const WORDS: [&str; 5] = ["Hello", ", nice", " to", " meet", " you"];

/// Listens on a port of this machine, and gives its URL.
pub(crate) async fn start() -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/v1", listener.local_addr()?);
    let app = Router::new().route("/v1/chat/completions", post(answer));
    tokio::spawn(async { axum::serve(listener, app).await });
    Ok(url)
}

async fn answer(headers: HeaderMap, Json(question): Json<Value>) -> Response {
    static BUSY: AtomicBool = AtomicBool::new(false);
    if headers.get("authorization").is_none_or(|it| it != &format!("Bearer {KEY}")) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let last = question["messages"].as_array().and_then(|messages| messages.last());
    let prompt = last.and_then(|it| it["content"].as_str()).unwrap_or_default().to_owned();
    println!("model: asked {prompt:?}");
    if prompt == "busy" && !BUSY.fetch_xor(true, Ordering::Relaxed) {
        return (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "0.1")]).into_response();
    }
    if prompt == "json" || question["stream"] != true {
        let message = json!({ "role": "assistant", "content": WORDS.concat() });
        return Json(completion("message", &message, Some("stop"))).into_response();
    }
    let body = Body::from_stream(pieces(&prompt));
    ([(CONTENT_TYPE, "text/event-stream")], body).into_response()
}

/// What it sends, with the faults that real ones have.
fn pieces(prompt: &str) -> impl Stream<Item = io::Result<String>> + use<> {
    let sent = Sent(prompt.to_owned());
    let words = if prompt == "endless" { usize::MAX } else { WORDS.len() };
    let words = WORDS.iter().cycle().take(words).map(|word| word_event(word));
    let blank_line = if prompt == "unfinished" { "" } else { "\n\n" };
    let finish = completion("delta", &json!({}), Some("stop"));
    let end = format!("data: {finish}\n\ndata: [DONE]{blank_line}");
    let fails = matches!(prompt, "cut" | "short" | "silent");
    let pace = Duration::from_millis(if prompt == "slow" { 300 } else { 20 });
    let pieces = words.chain([end]).take(if fails { 3 } else { usize::MAX });
    let paced = stream::iter(pieces).then(move |piece| async move {
        sleep(pace).await;
        Ok(piece)
    });
    let fault = match prompt {
        "cut" => stream::once(crash(pace)).boxed(),
        "silent" => stream::pending().boxed(),
        _ => stream::empty().boxed(),
    };
    paced.chain(fault).inspect(move |_| _ = &sent)
}

/// A while later, or the last piece would be lost too.
async fn crash(pace: Duration) -> io::Result<String> {
    sleep(pace).await;
    Err(io::Error::other("it crashed"))
}

fn word_event(word: &str) -> String {
    format!("data: {}\n\n", completion("delta", &json!({ "content": word }), None))
}

fn completion(part: &str, content: &Value, finish: Option<&str>) -> Value {
    json!({
        "id": "1", "created": 1, "model": "fake", "object": "chat.completion.chunk",
        "choices": [{ "index": 0, part: content, "finish_reason": finish }],
    })
}

/// Says so when the answer is over or its reader is gone.
struct Sent(String);

impl Drop for Sent {
    fn drop(&mut self) {
        println!("model: done with {:?}", self.0);
    }
}
