//! Handlers as Rocket mounts them.
#![forbid(unsafe_code)]
#![deny(warnings, unreachable_code, unused_qualifications)]

use rocket::tokio::sync::broadcast::{Sender, error::RecvError};
use rocket::tokio::{self, select, time};
use rocket::{Shutdown, State, get, routes};
use sse_runtime::{Event, EventStream, LastEventId};
use std::time::Duration;

#[get("/clock")]
fn clock() -> EventStream![] {
    EventStream! {
        let mut tick = time::interval(Duration::from_secs(1));
        loop {
            tick.tick().await;
            yield Event::data("tick");
        }
    }
}

#[get("/chat")]
async fn chat(queue: &State<Sender<String>>, mut end: Shutdown) -> EventStream![] {
    let mut inbox = queue.subscribe();
    EventStream! {
        loop {
            let message = select! {
                message = inbox.recv() => match message {
                    Ok(message) => message,
                    Err(RecvError::Closed) => break,
                    Err(RecvError::Lagged(_)) => continue,
                },
                _ = &mut end => break,
            };
            yield Event::json(&message);
        }
    }
}

#[get("/borrowed")]
fn borrowed(queue: &State<Sender<String>>) -> EventStream![Event + '_] {
    EventStream! {
        yield Event::data(queue.len().to_string());
    }
}

#[get("/lines/<name>")]
fn lines(name: &str, last: Option<LastEventId>) -> EventStream![Result<Event, std::io::Error>] {
    EventStream! {
        let text = tokio::fs::read_to_string(name).await?;
        for line in text.lines() {
            yield Event::data(line.to_owned());
        }
        drop(last);
    }
}

#[get("/maybe?<n>")]
fn maybe(n: Option<u32>) -> Result<EventStream![], rocket::http::Status> {
    let n = n.ok_or(rocket::http::Status::NotFound)?;
    Ok(EventStream! {
        yield Event::data(n.to_string());
    })
}

pub(crate) fn main() {
    assert_eq!(routes![clock, chat, borrowed, lines, maybe].len(), 5);
}
