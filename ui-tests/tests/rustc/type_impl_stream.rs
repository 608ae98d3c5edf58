use sse_runtime::{Event, EventStream};

fn events() -> EventStream![impl futures::Stream<Item = Event>] { //~
    EventStream! { yield Event::data("a"); }
}

fn main() {}
