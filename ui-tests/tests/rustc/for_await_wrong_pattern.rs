use futures::Stream;
use sse_runtime::{Event, EventStream};

fn events(lines: impl Stream<Item = String>) -> EventStream![] {
    EventStream! {
        for await (n, line) in lines { //~
            yield Event::data(line).id(n);
        }
    }
}

fn main() {}
