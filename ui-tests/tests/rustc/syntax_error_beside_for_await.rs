use futures::Stream;
use sse_runtime::{Event, EventStream};

fn events(lines: impl Stream<Item = String>) -> EventStream![Event] {
    EventStream! {
        for await line in lines {
            let n = ; //~
            yield Event::data(line);
        }
    }
}

fn main() {}
