//! Our streams, the same in each framework.

use std::future::pending;
use std::time::Duration;

use sse_runtime::{BoxEventStream, Event, EventStream};
use tokio::time::interval;

use super::source::{letters, now};
use super::topic::{News, Source};
use crate::kind::Kind;

pub(super) fn burst(kind: usize, count: usize) -> EventStream![] {
    let kind = Kind::at(kind);
    let data = kind.data();
    EventStream!({
        for _ in 0..count {
            yield event(kind, data);
        }
    })
}

fn event(kind: Kind, data: &'static str) -> Event {
    let event = Event::data(data);
    if kind == Kind::Named { event.id(Kind::ID).event(Kind::NAME) } else { event }
}

pub(super) fn endless(size: usize) -> EventStream![] {
    let text = letters(size);
    EventStream!({
        loop {
            yield Event::data(text);
        }
    })
}

pub(super) fn fan_out(mut news: News) -> EventStream![] {
    EventStream!({
        while let Ok(text) = news.recv().await {
            yield Event::data(text);
        }
    })
}

pub(super) fn hub() -> BoxEventStream<'static> {
    (Source::get().subscribe)()
}

pub(super) fn idle() -> EventStream![] {
    EventStream!({
        yield Event::data("hello");
        pending::<()>().await;
    })
}

pub(super) fn latency(count: usize) -> EventStream![] {
    EventStream!({
        let mut every = interval(Duration::from_millis(1));
        for _ in 0..count {
            every.tick().await;
            yield Event::data(now());
        }
    })
}
