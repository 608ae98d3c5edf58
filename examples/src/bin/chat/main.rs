//! A chat with rooms: what one sends, everyone in the room receives.
//!
//! Shows a broadcast channel as a stream, what becomes of a client too slow for it, and a
//! farewell when the server shuts down.
//!
//! ```text
//! cargo run -p examples --bin chat
//! ```
//!
//! Then open <http://127.0.0.1:8000> in two windows, or try
//!
//! ```text
//! curl -N http://127.0.0.1:8000/lobby
//! curl http://127.0.0.1:8000/lobby -d from=Ada --data-urlencode 'text=Good evening!'
//! ```
#![forbid(unsafe_code)]

mod rooms;

use rocket::form::{Form, FromForm};
use rocket::http::Status;
use rocket::response::content::RawHtml;
use rocket::tokio::select;
use rocket::tokio::sync::broadcast::error::RecvError;
use rocket::{Shutdown, State, get, launch, post, routes};
use serde::Serialize;
use sse_runtime::{Event, EventStream};

use crate::rooms::Rooms;

#[derive(Clone, Serialize, FromForm)]
struct Message {
    #[field(validate = len(1..=40))]
    from: String,
    #[field(validate = len(1..=1000))]
    text: String,
}

#[get("/")]
fn page() -> RawHtml<&'static str> {
    RawHtml(include_str!("chat.html"))
}

#[get("/<room>")]
fn listen(room: &str, rooms: &State<Rooms>, mut shutdown: Shutdown) -> EventStream![] {
    let mut messages = rooms.enter(room);
    EventStream!({
        loop {
            select! {
                message = messages.recv() => match message {
                    Ok(message) => yield Event::json(&message),
                    // The channel has dropped the oldest messages: say so, and go on.
                    Err(RecvError::Lagged(count)) => {
                        yield Event::data(count.to_string()).event("missed");
                    }
                    Err(RecvError::Closed) => break,
                },
                () = &mut shutdown => {
                    yield Event::empty().event("farewell");
                    break;
                }
            }
        }
    })
}

/// An empty room is no room: 404.
#[post("/<room>", data = "<message>")]
fn send(room: &str, message: Form<Message>, rooms: &State<Rooms>) -> Status {
    if rooms.send(room, message.into_inner()) { Status::NoContent } else { Status::NotFound }
}

#[launch]
fn rocket() -> _ {
    rocket::build().manage(Rooms::default()).mount("/", routes![page, listen, send])
}
