//! The stream of `lib.rs` in Rocket.
//!
//! ```text
//! cargo run -p examples --bin rocket
//! curl -N http://127.0.0.1:8000/events
//! ```
//!
//! At ctrl-c the streams end by themselves.

use std::process::ExitCode;

use examples::{count, counting_page, launch};
use rocket::response::content::RawHtml;
use rocket::{get, routes};
use sse_runtime::{EventStream, LastEventId};

#[get("/events")]
fn events(last: Option<LastEventId>) -> EventStream![] {
    count(last)
}

#[get("/")]
fn page() -> RawHtml<&'static str> {
    RawHtml(counting_page())
}

#[rocket::main]
async fn main() -> ExitCode {
    launch(rocket::build().mount("/", routes![page, events])).await
}
