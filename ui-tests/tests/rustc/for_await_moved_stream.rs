use futures::{Stream, StreamExt};
use sse_runtime::{Event, EventStream};

fn events(lines: impl Stream<Item = String> + Unpin) -> EventStream![] {
    EventStream! {
        for await line in lines {
            yield Event::data(line);
        }
        drop(lines.boxed_local()); //~
    }
}

fn main() {}
