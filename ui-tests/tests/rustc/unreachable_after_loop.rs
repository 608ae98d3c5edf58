#![deny(unreachable_code)]

use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        loop {
            yield Event::data("a");
        }
        yield Event::data("b"); //~
    }
}

fn main() {}
