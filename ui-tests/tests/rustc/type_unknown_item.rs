use sse_runtime::{Event, EventStream};

fn events() -> EventStream![Evnt] { //~
    EventStream! { yield Event::data("a"); }
}

fn main() {}
