use futures::stream;
use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        yield Event::empty();
        for await x in stream::iter([1]) //~
    }
}

fn main() {}
