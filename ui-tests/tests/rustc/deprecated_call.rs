#![deny(deprecated)]

use sse_runtime::{Event, EventStream};

#[deprecated = "say `hello`"]
fn hi() -> Event {
    Event::data("hi")
}

fn events() -> EventStream![] {
    EventStream! {
        yield hi(); //~
    }
}

fn main() {}
