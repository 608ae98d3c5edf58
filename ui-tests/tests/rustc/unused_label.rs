#![deny(unused_labels)]

use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        'all: loop { //~
            yield Event::data("a");
        }
    }
}

fn main() {}
