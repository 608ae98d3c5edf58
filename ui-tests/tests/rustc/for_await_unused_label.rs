#![deny(unused_labels)]

use futures::Stream;
use sse_runtime::{Event, EventStream};

fn events(lines: impl Stream<Item = String>) -> EventStream![] {
    EventStream! {
        'lines: for await line in lines { //~
            yield Event::data(line);
        }
    }
}

fn main() {}
