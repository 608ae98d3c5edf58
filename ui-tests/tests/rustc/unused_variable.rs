#![deny(unused_variables)]

use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        let n = 5; //~
        yield Event::data("a");
    }
}

fn main() {}
