#![deny(unused_must_use)]

use sse_runtime::{Event, EventStream};

fn events(text: &str) -> EventStream![] {
    EventStream! {
        text.parse::<u32>(); //~
        yield Event::data("a");
    }
}

fn main() {}
