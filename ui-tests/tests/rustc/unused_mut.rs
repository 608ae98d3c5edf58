#![deny(unused_mut)]

use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        let mut n = 5; //~
        yield Event::data(n.to_string());
    }
}

fn main() {}
