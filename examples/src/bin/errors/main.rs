//! Streams that fail.
//!
//! Both routes send the lines of `menu.txt`. The fourth is encoded in Latin-1, so it isn't UTF-8:
//! there are three events, and then an `io::Error`.
//!
//! ```text
//! cargo run -p examples --bin errors
//! ```
//!
//! Then open <http://127.0.0.1:8000>, or read the streams in a terminal.
//!
//! Without [`EventStream::on_error`] Rocket logs the failure and ends the body, so the client sees
//! three events and the end. Other frameworks abort the body, so that the client sees a lost
//! connection.
//!
//! ```text
//! curl -N http://127.0.0.1:8000/logged
//!
//! data: Tea
//!
//! data: Toast
//!
//! data: Orange juice
//!
//! ```
//!
//! With it, a fourth event tells the client that the stream has failed. Why is for the log alone.
//!
//! ```text
//! curl -N http://127.0.0.1:8000/told
//!
//! data: Tea
//!
//! data: Toast
//!
//! data: Orange juice
//!
//! event: failed
//! data: the menu can't be read
//!
//! ```

use std::io;
use std::process::ExitCode;

use examples::{launch, page};
use rocket::fs::relative;
use rocket::response::content::RawHtml;
use rocket::tokio::fs::File;
use rocket::tokio::io::{AsyncBufReadExt as _, BufReader};
use rocket::{get, routes};
use sse_runtime::{Event, EventStream};

#[get("/")]
fn page() -> RawHtml<&'static str> {
    RawHtml(page!("errors.html"))
}

fn menu() -> EventStream![Result<Event, io::Error>] {
    EventStream!({
        let file = File::open(relative!("src/bin/errors/menu.txt")).await?;
        let mut lines = BufReader::new(file).lines();
        while let Some(line) = lines.next_line().await? {
            yield Event::data(line);
        }
    })
}

#[get("/logged")]
fn logged() -> EventStream![Result<Event, io::Error>] {
    menu()
}

#[get("/told")]
fn told() -> EventStream![] {
    menu().on_error(|error| {
        eprintln!("/told failed: {error}");
        Event::data("the menu can't be read").event("failed")
    })
}

#[rocket::main]
async fn main() -> ExitCode {
    launch(rocket::build().mount("/", routes![page, logged, told])).await
}
