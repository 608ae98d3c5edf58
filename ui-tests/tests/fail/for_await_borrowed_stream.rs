use futures::Stream;
use sse_runtime::{Event, EventStream};

fn events(mut lines: impl Stream<Item = String>) -> EventStream![] {
    EventStream! {
        for await line in &mut lines { //~
            yield Event::data(line);
        }
    }
}

fn main() {}
