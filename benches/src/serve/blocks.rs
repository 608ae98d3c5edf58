//! The blocks of ours and of Rocket's own, which differ in what they import.

use std::future::pending;
use std::time::Duration;

use tokio::time::interval;

use super::{Event, EventStream, uncopied};
use crate::kind::Kind;
use crate::serve::source::{letters, now};
use crate::serve::topic::News;

pub(crate) fn burst(kind: usize, count: usize) -> EventStream![] {
    let kind = Kind::at(kind);
    let data = kind.data();
    EventStream! {
        for _ in 0..count {
            yield event(kind, data);
        }
    }
}

fn event(kind: Kind, data: &'static str) -> Event {
    let event = Event::data(uncopied(data));
    if kind == Kind::Named { event.id(Kind::ID).event(Kind::NAME) } else { event }
}

pub(crate) fn endless(size: usize) -> EventStream![] {
    let text = letters(size);
    EventStream! {
        loop {
            yield Event::data(uncopied(text));
        }
    }
}

pub(crate) fn fan_out(mut news: News) -> EventStream![] {
    EventStream! {
        while let Ok(text) = news.recv().await {
            yield Event::data(uncopied(text));
        }
    }
}

pub(crate) fn idle() -> EventStream![] {
    EventStream! {
        yield Event::data("hello");
        pending::<()>().await;
    }
}

pub(crate) fn latency(count: usize) -> EventStream![] {
    EventStream! {
        let mut every = interval(Duration::from_millis(1));
        for _ in 0..count {
            every.tick().await;
            yield Event::data(now());
        }
    }
}
