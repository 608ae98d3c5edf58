use futures::Stream;
use std::rc::Rc;
use sse_runtime::{Event, EventStream};

fn events(lines: impl Stream<Item = String> + Send) -> EventStream![Event + Send] { //~
    EventStream! {
        let name = Rc::new("a");
        for await line in lines {
            yield Event::data(line).event(*name);
        }
    }
}

fn main() {}
