//! Rocket's own.

use std::future::pending;
use std::time::Duration;

use rocket::response::stream::{Event, EventStream};
use rocket::tokio::time::interval;
use rocket::{Route, get, routes};

use crate::kind::Kind;
use crate::serve::source::{letters, now};
use crate::serve::topic;

pub(super) fn routes() -> Vec<Route> {
    routes![burst, endless, fan_out, idle, latency]
}

#[get("/burst/<kind>/<count>")]
fn burst(kind: usize, count: usize) -> EventStream![] {
    let kind = Kind::at(kind);
    let data = kind.data();
    EventStream! {
        for _ in 0..count {
            yield event(kind, data);
        }
    }
}

fn event(kind: Kind, data: &'static str) -> Event {
    let event = Event::data(data);
    if kind == Kind::Named { event.id(Kind::ID).event(Kind::NAME) } else { event }
}

#[get("/endless/<size>")]
fn endless(size: usize) -> EventStream![] {
    let text = letters(size);
    EventStream! {
        loop {
            yield Event::data(text);
        }
    }
}

#[get("/fan-out")]
fn fan_out() -> EventStream![] {
    let mut news = topic::subscribe();
    EventStream! {
        while let Ok(text) = news.recv().await {
            yield Event::data(text);
        }
    }
}

#[get("/idle")]
fn idle() -> EventStream![] {
    EventStream! {
        yield Event::data("hello");
        pending::<()>().await;
    }
}

#[get("/latency/<count>")]
fn latency(count: usize) -> EventStream![] {
    EventStream! {
        let mut every = interval(Duration::from_millis(1));
        for _ in 0..count {
            every.tick().await;
            yield Event::data(now());
        }
    }
}
