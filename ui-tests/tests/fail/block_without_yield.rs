#![deny(unused_must_use)]

use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        Event::data("a"); //~
    }
}

fn main() {}
