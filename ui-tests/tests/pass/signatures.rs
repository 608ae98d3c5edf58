//! The type, wherever a type like it may stand.
#![forbid(unsafe_code)]
#![deny(warnings, unreachable_code, unused_qualifications)]
#![allow(dead_code)]

use futures::{Stream, StreamExt as _};
use sse_runtime::{Event, EventStream};
use std::fmt::{Debug, Display};
use std::num::ParseIntError;

struct Feed {
    name: String,
    lines: Vec<String>,
}

impl Feed {
    const LIMIT: usize = 3;

    fn borrowing(&self) -> EventStream![] {
        EventStream! {
            for line in self.lines.iter().take(Self::LIMIT) {
                yield Event::data(line.clone()).event(self.name.clone());
            }
        }
    }

    fn borrowing_elided(&self) -> EventStream![Event + '_] {
        EventStream! {
            yield self.first();
        }
    }

    fn borrowing_named<'r>(&'r mut self, more: &'r str) -> EventStream![Event + 'r + Send] {
        EventStream! {
            self.lines.push(more.to_owned());
            yield Event::data(more.to_owned());
        }
    }

    fn owning(self) -> EventStream![Event + Send + Sync + 'static] {
        EventStream! {
            for line in self.lines {
                yield Event::data(line);
            }
        }
    }

    fn capturing_nothing(&self) -> EventStream![Event + use<>] {
        let lines = self.lines.len();
        EventStream! {
            yield Event::data(lines.to_string());
        }
    }

    fn first(&self) -> Event {
        Event::data(self.lines.concat())
    }
}

fn generic<T: Display, const N: usize>(items: [T; N]) -> EventStream![] {
    EventStream! {
        for item in items {
            yield Event::data(format!("{item} of {N}"));
        }
    }
}

fn arguments(items: impl IntoIterator<Item = impl Into<Event>>) -> EventStream![Event] {
    EventStream! {
        for item in items {
            yield item.into();
        }
    }
}

fn as_an_argument(stream: EventStream![Event + Unpin]) -> EventStream![] {
    stream.heartbeat(None)
}

fn two_lifetimes<'a, 'b>(left: &'a str, right: &'b str) -> EventStream![Event + use<'a, 'b>] {
    EventStream! {
        yield Event::data(format!("{left}{right}"));
    }
}

fn where_clauses<E>(results: Vec<Result<String, E>>) -> EventStream![Result<Event, E>]
where
    E: Debug + Send + 'static,
{
    EventStream! {
        for result in results {
            yield Event::data(result?);
        }
    }
}

fn paths() -> EventStream![std::io::Result<Event>] {
    EventStream! {
        let text = std::fs::read_to_string("a")?;
        yield Event::data(text);
    }
}

fn with_a_trailing_method(text: &str) -> EventStream![] {
    EventStream! {
        let n: u32 = text.parse()?;
        yield Event::data(n.to_string());
    }
    .on_error(|error: ParseIntError| Event::data(error.to_string()))
    .heartbeat(std::time::Duration::from_secs(3))
}

async fn from_an_async_fn() -> EventStream![] {
    EventStream! { yield Event::data("a"); }
}

fn in_a_result(ok: bool) -> Result<EventStream![], String> {
    if !ok {
        return Err("not ok".to_owned());
    }
    Ok(EventStream! { yield Event::data("a"); })
}

fn in_an_option_and_a_tuple() -> (Option<EventStream![]>, u8) {
    (Some(EventStream! { yield Event::data("a"); }), 3)
}

trait Source {
    fn events(&self) -> EventStream![];
    fn events_named<'r>(&'r self) -> EventStream![Event + Send + 'r];
    fn default_events(&self) -> EventStream![] {
        EventStream! { yield Event::empty(); }
    }
}

impl Source for Feed {
    fn events(&self) -> EventStream![] {
        EventStream! { yield self.first(); }
    }

    fn events_named<'r>(&'r self) -> EventStream![Event + Send + 'r] {
        EventStream! { yield self.first(); }
    }
}

fn of_a_source(source: &impl Source) -> EventStream![] {
    EventStream! {
        for await event in source.events() {
            yield event;
        }
    }
}

fn only_as_a_stream() -> impl Stream<Item = Event> + Send {
    EventStream! { yield Event::data("a"); }.map(|event| event.id("3"))
}

fn main() {}
