use futures::Stream;
use sse_runtime::{Event, EventStream};

fn events(mut lines: impl Stream<Item = String> + Unpin) -> EventStream![] {
    EventStream! {
        while let Some(line) = lines.next().await { //~
            yield Event::data(line);
        }
    }
}

fn main() {}
