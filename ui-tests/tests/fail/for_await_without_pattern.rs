use futures::Stream;
use sse_runtime::{Event, EventStream};

fn events(lines: impl Stream<Item = String>) -> EventStream![Event] {
    EventStream! {
        for await in lines { //~
            yield Event::data("a");
        }
    }
}

fn main() {}
