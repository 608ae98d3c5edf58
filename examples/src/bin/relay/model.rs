//! A fake model, with a server of its own, that says what it sees.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::serve::ListenerExt as _;
use sse_runtime::{Event, EventStream};
use tokio::net::TcpListener;
use tokio::time::{interval, sleep};

/// A real one comes from the environment, and never leaves the server.
pub(crate) const KEY: &str = "not-for-browsers";

/// What the last event says, as those of today's models do.
pub(crate) const END: &str = "[DONE]";

const ANSWER: [&str; 5] = [" Hello", ", nice", " to", " meet", " you."];

/// Listens on a port of this machine.
pub(crate) async fn start() -> io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let listener = listener.tap_io(|socket| _ = socket.set_nodelay(true));
    tokio::spawn(async {
        axum::serve(listener, Router::new().route("/answers", post(answer))).await
    });
    Ok(address)
}

/// Says how many tokens a client has taken, when it is gone.
struct Sent {
    tokens: usize,
    is_whole: bool,
}

impl Drop for Sent {
    fn drop(&mut self) {
        let end = if self.is_whole { "the answer was whole" } else { "the client has left" };
        println!("model: {} tokens, {end}", self.tokens);
    }
}

async fn answer(
    headers: HeaderMap,
    prompt: String,
) -> Result<EventStream![Result<Event, io::Error>], Response> {
    if headers.get("authorization").is_none_or(|it| it != &format!("Bearer {KEY}")) {
        println!("model: no key");
        return Err(StatusCode::UNAUTHORIZED.into_response());
    }
    println!("model: asked {prompt:?}, with the key");
    match &*prompt {
        "refuse" => return Err(StatusCode::SERVICE_UNAVAILABLE.into_response()),
        "json" => {
            return Err(
                ([("content-type", "application/json")], "{\"busy\":true}\n").into_response()
            );
        }
        _ => {}
    }
    Ok(EventStream!({
        let mut sent = Sent { tokens: 0, is_whole: false };
        let mut pace = interval(Duration::from_millis(50));
        let turns = match &*prompt {
            "endless" => usize::MAX,
            "long" => 12,
            "flood" => 30,
            _ => 1,
        };
        for token in std::iter::repeat_n(ANSWER, turns).flatten() {
            if prompt == "flood" {
                yield Event::data(token.repeat(20_000));
                sent.tokens += 1;
                continue;
            }
            pace.tick().await;
            match (&*prompt, sent.tokens) {
                ("break", 3) => Err(io::Error::other("the model breaks off"))?,
                ("error", 3) => {
                    yield Event::data("GPU 7 is out of memory").event("error");
                    return;
                }
                ("stall", 3) => sleep(Duration::MAX).await,
                _ => {}
            }
            // The first word has no space before it.
            yield Event::data(if sent.tokens == 0 { token.trim_start() } else { token });
            sent.tokens += 1;
        }
        sent.is_whole = true;
        yield Event::data(END);
    }))
}
