#![deny(unused_variables)]

use futures::Stream;
use sse_runtime::{Event, EventStream};

fn events(lines: impl Stream<Item = String>) -> EventStream![] {
    EventStream! {
        for await line in lines { //~
            yield Event::data("a line");
        }
    }
}

fn main() {}
