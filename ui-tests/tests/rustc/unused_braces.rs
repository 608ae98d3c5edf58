#![deny(unused_braces, unused_parens)]

use sse_runtime::{Event, EventStream};

fn events(more: bool) -> EventStream![] {
    EventStream! {
        if (more) { //~
            yield Event::data("a");
        }
    }
}

fn main() {}
