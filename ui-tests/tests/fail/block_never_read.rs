#![deny(unused_must_use)]

use sse_runtime::{Event, EventStream};

fn main() {
    EventStream! { //~
        yield Event::data("a");
    };
}
