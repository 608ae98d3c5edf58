use futures::Stream;
use sse_runtime::{Event, EventStream};

fn events(lines: impl Stream<Item = Result<String, String>>) -> EventStream![] {
    EventStream! {
        for await Ok(line) in lines { //~
            yield Event::data(line);
        }
    }
}

fn main() {}
