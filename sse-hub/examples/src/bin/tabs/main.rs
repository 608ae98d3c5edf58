//! One stream for all tabs: over HTTP/1.1, a seventh tab with a stream of its own would never load.
//!
//! ```text
//! cargo run -p hub-examples --bin tabs
//! ```
//!
//! Then open <http://127.0.0.1:8000> in as many tabs as you like, or try
//!
//! ```text
//! curl http://127.0.0.1:8000/notes
//! curl -N http://127.0.0.1:8000/events
//! ```

use std::io;
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::get;
use axum::serve::ListenerExt as _;
use axum::{Json, Router};
use examples::{listen, page};
use serde_json::{Value, json};
use sse_hub::Hub;
use sse_runtime::{Event, EventStream, LastEventId};
use tokio::net::TcpListener;

#[derive(Clone)]
struct Notes {
    hub: Hub,
    all: Arc<Mutex<Vec<Value>>>,
}

/// Returns all notes, and a position up to which they are complete.
async fn all(State(notes): State<Notes>) -> Json<Value> {
    let position = notes.hub.position();
    Json(json!({ "position": position.to_string(), "notes": *notes.all.lock().expect("no panic") }))
}

/// The ID of its event is the note's ID too, so that a tab shows it once.
async fn add(State(notes): State<Notes>, text: String) -> StatusCode {
    // Published under the lock, so the notes have the order of their events. A hub in memory publishes at once.
    let mut all = notes.all.lock().expect("no panic");
    match futures::FutureExt::now_or_never(notes.hub.publish("notes", Event::data(&text))) {
        Some(Ok(id)) => {
            all.push(json!({ "id": id.to_string(), "text": text }));
            StatusCode::NO_CONTENT
        }
        _ => StatusCode::SERVICE_UNAVAILABLE,
    }
}

async fn events(State(notes): State<Notes>, last: Option<LastEventId>) -> EventStream![] {
    println!("stream: opened");
    EventStream::from(notes.hub.subscribe("notes").resume(last))
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let app = Router::new()
        .route("/", get(Html(page!("tabs.html"))))
        .route("/notes", get(all).post(add))
        .route("/events", get(events))
        .with_state(Notes { hub: Hub::new(), all: Arc::default() });
    let listener = TcpListener::from_std(listen())?;
    axum::serve(listener.tap_io(|socket| _ = socket.set_nodelay(true)), app).await
}
