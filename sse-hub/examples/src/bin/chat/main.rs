//! A chat with rooms: what one person sends, everyone in the room receives.
//!
//! Shows a hub: whoever opens a room sees what was said last, and whoever was offline for a while
//! receives everything that was said meanwhile, and nothing twice. It also shows a farewell when the
//! server shuts down.
//!
//! ```text
//! cargo run -p hub-examples --bin chat
//! ```
//!
//! Then open <http://127.0.0.1:8000> in two windows, or try
//!
//! ```text
//! curl -N http://127.0.0.1:8000/lobby
//! curl http://127.0.0.1:8000/lobby -d from=Ada --data-urlencode 'text=Good evening!'
//! ```
//!
//! With `--store file:/tmp/chat`, what was said survives the process: kill it, start it again, and nobody
//! has missed anything.
//!
//! With `--store redis://…` or `HUB_URL=redis://…` the rooms are shared with other processes, and with `NODE=…` each tells
//! its clients which one it is: `cargo xtask cluster` starts two, and lets you kill them.

use std::process::ExitCode;

use examples::{launch, page};
use rocket::form::{self, Form, FromForm};
use rocket::futures::StreamExt as _;
use rocket::http::Status;
use rocket::response::content::{RawHtml, RawJson};
use rocket::tokio::time::Duration;
use rocket::{Shutdown, State, get, post, routes};
use serde::Serialize;
use sse_hub::{Hub, PublishError, Start};
use sse_runtime::{Event, EventStream, LastEventId};

#[derive(Serialize, FromForm)]
struct Message {
    #[field(validate = fits(40))]
    from: String,
    #[field(validate = fits(1000))]
    text: String,
}

/// Counts UTF-16 code units, as the page's `maxlength` does; Rocket's `len` counts bytes. A unit
/// takes at most nine bytes, such as `%E4%BD%A0`, so the form stays below Rocket's limit of 32 KiB.
fn fits<'v>(text: &str, max: usize) -> form::Result<'v, ()> {
    if (1..=max).contains(&text.encode_utf16().count()) {
        return Ok(());
    }
    Err(form::Error::validation(format!("it has to have 1 to {max} characters")).into())
}

/// The name of this process, if it is one of several.
struct Node(Option<String>);

/// Shows figures of this process, for operators.
#[derive(Serialize)]
struct Standing {
    connected: bool,
    position: String,
    clients: usize,
    behind: u64,
    queued: usize,
    epochs: u64,
    gaps: u64,
}

#[get("/")]
fn page() -> RawHtml<&'static str> {
    RawHtml(page!("chat.html"))
}

/// Sends the last messages, or those after the last one that the client received, and then each new one.
#[get("/<room>")]
fn listen(
    room: &str,
    last: Option<LastEventId>,
    hub: &State<Hub>,
    node: &State<Node>,
    shutdown: Shutdown,
) -> EventStream![] {
    let messages = hub.subscribe(room).start(Start::Last(20)).resume(last);
    let node = node.0.clone();
    EventStream!({
        if let Some(name) = node {
            yield Event::data(name).event("node").with_retry(Duration::from_millis(500));
        }
        for await message in messages.take_until(shutdown) {
            yield message;
        }
        yield Event::empty().event("farewell");
    })
}

#[post("/<room>", data = "<message>")]
async fn send(room: &str, message: Form<Message>, hub: &State<Hub>) -> Status {
    match hub.publish(room, Event::json(&*message)).await {
        Ok(_) => Status::NoContent,
        // The engine can't be reached: the message wasn't sent, or may have been.
        Err(PublishError::QueueFull | PublishError::Refused | PublishError::Unknown) => {
            Status::ServiceUnavailable
        }
        // The name of the room is too long, or there are too many rooms.
        Err(_) => Status::UnprocessableEntity,
    }
}

#[get("/node/standing")]
fn standing(hub: &State<Hub>) -> RawJson<String> {
    let stats = hub.stats();
    let standing = Standing {
        connected: stats.connected,
        position: hub.position().to_string(),
        clients: stats.subscriptions,
        behind: stats.behind,
        queued: stats.queued,
        epochs: stats.epochs,
        gaps: stats.gaps,
    };
    RawJson(serde_json::to_string(&standing).expect("it is plain"))
}

/// Returns the URL of the hub, from the arguments or else from the environment.
fn store() -> Result<String, &'static str> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    match &arguments[..] {
        [] => Ok(std::env::var("HUB_URL").unwrap_or_else(|_| "memory:".to_owned())),
        [option, url] if option == "--store" => Ok(url.clone()),
        _ => Err("usage: chat [--store URL], such as file:/tmp/chat"),
    }
}

#[rocket::main]
async fn main() -> ExitCode {
    let url = match store() {
        Ok(url) => url,
        Err(usage) => {
            eprintln!("{usage}");
            return ExitCode::FAILURE;
        }
    };
    let hub = match Hub::connect(&url).await {
        Ok(hub) => hub,
        Err(error) => {
            eprintln!("{url}: {error}");
            return ExitCode::FAILURE;
        }
    };
    let node = Node(std::env::var("NODE").ok());
    let routes = routes![page, listen, send, standing];
    launch(rocket::build().manage(hub).manage(node).mount("/", routes)).await
}
