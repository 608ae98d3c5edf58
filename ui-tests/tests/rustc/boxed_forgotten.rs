use sse_runtime::{BoxEventStream, Event, EventStream};

fn events() -> BoxEventStream<'static> {
    EventStream! { yield Event::data("a"); } //~
}

fn main() {}
