use futures::Stream;
use sse_runtime::{Event, EventStream};

fn events(lines: impl Stream<Item = String>) -> EventStream![] {
    EventStream! {
        for await line in linse { //~
            yield Event::data(line);
        }
    }
}

fn main() {}
