//! No name of the expansion meets one of the user's.
#![forbid(unsafe_code)]
#![deny(warnings, unreachable_code, unused_qualifications)]

use sse_runtime::{Event as Sent, EventStream};

struct Event(&'static str);

impl From<Event> for Sent {
    fn from(event: Event) -> Self {
        Self::data(event.0)
    }
}

fn send(event: Event) -> Event {
    event
}

fn next(stream: &'static str) -> Event {
    Event(stream)
}

fn stream() -> EventStream![] {
    EventStream! {
        let event = Event("a");
        let item = send(event);
        let stream = item.0;
        yield next(stream).into();
        let result = Some("b");
        'stream: for await event in pin() {
            let _end = &event;
            for await stream in pin() {
                if result.is_none() {
                    continue 'stream;
                }
                yield stream;
                break 'stream;
            }
            yield event;
        }
        let infallible = stream;
        let krate = infallible;
        let here = krate;
        yield Event(here).into();
    }
}

fn pin() -> EventStream![] {
    EventStream! {
        let done = || "c";
        let event = done();
        yield Event(event).into();
        if event == "d" {
            return;
        }
        tokio::select! {
            () = async {} => yield next(event).into(),
        }
        'stream: loop {
            tokio::select! {
                () = async {} => { yield Event(event).into(); break 'stream; }
            }
        }
    }
}

fn never(text: &'static str) -> EventStream![Result<Sent, &'static str>] {
    EventStream! {
        let awaited = text;
        let succeeded = Err(awaited);
        yield Event(text).into();
        let event: Result<Event, &str> = succeeded;
        let event = event?;
        yield event.into();
    }
}

fn main() {
    drop((stream(), never("d")));
}
