//! Streams that fail.
//!
//! Both routes send the lines of `menu.txt`, whose fourth is Latin-1 and so no UTF-8: three
//! events, then an `io::Error`.
//!
//! ```text
//! cargo run -p examples --bin errors
//! ```
//!
//! Without [`EventStream::on_error`] the failure is the server's own affair: Rocket logs it
//! and ends the body, and the client sees three events and the end. Other frameworks abort
//! the body, so that the client sees a lost connection.
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
//! With it the client is told, by a fourth event.
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
//! data: invalid utf-8 sequence of 1 bytes from index 3
//!
//! ```

use std::io;

use rocket::fs::relative;
use rocket::tokio::fs::File;
use rocket::tokio::io::{AsyncBufReadExt as _, BufReader};
use rocket::{get, launch, routes};
use sse_runtime::{Event, EventStream};

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
    menu().on_error(|error| Event::data(error.to_string()).event("failed"))
}

#[launch]
fn rocket() -> _ {
    rocket::build().mount("/", routes![logged, told])
}
