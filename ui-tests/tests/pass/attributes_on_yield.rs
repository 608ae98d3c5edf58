#![deny(warnings)]
#![allow(dead_code)]

use sse_runtime::{Event, EventStream};

#[deprecated = "say `hello`"]
fn hi() -> Event {
    Event::data("hi")
}

fn events() -> EventStream![] {
    EventStream! {
        #[allow(deprecated)]
        yield hi();
        #[expect(deprecated)]
        yield hi();
        #[cfg(any())]
        yield Event::data(5);
        #[cfg(all())]
        yield Event::data("a");
    }
}

fn main() {}
