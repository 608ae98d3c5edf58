use futures::Stream;
use sse_runtime::{Event, EventStream};

fn events(lines: impl Stream<Item = String>) -> EventStream![] {
    EventStream! {
        let drain = || {
            for await line in lines { //~
                println!("{line}");
            }
        };
        drain();
        yield Event::data("a");
    }
}

fn main() {}
