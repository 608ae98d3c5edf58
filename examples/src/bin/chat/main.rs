//! A chat with rooms: what one sends, everyone in the room receives.
//!
//! Shows a hub: who opens a room sees what was said last, who was offline for a while receives all
//! that was said meanwhile, and nothing twice. And a farewell when the server shuts down.
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

use rocket::form::{Form, FromForm};
use rocket::futures::StreamExt as _;
use rocket::http::Status;
use rocket::response::content::RawHtml;
use rocket::{Shutdown, State, get, launch, post, routes};
use serde::Serialize;
use sse_hub::{Hub, Start};
use sse_runtime::{Event, EventStream, LastEventId};

#[derive(Serialize, FromForm)]
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

/// The last messages, or those after the one that the client has, and then whatever comes.
#[get("/<room>")]
fn listen(
    room: &str,
    last: Option<LastEventId>,
    hub: &State<Hub>,
    shutdown: Shutdown,
) -> EventStream![] {
    let messages = hub.subscribe(room).start(Start::Last(20)).resume(last);
    EventStream!({
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
        // The name of the room is too long, or there are too many rooms.
        Err(_) => Status::UnprocessableEntity,
    }
}

#[launch]
fn rocket() -> _ {
    rocket::build().manage(Hub::new()).mount("/", routes![page, listen, send])
}
