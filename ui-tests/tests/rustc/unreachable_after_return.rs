#![deny(unreachable_code)]

use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        return;
        yield Event::data("a"); //~
    }
}

fn main() {}
