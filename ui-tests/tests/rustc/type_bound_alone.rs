use sse_runtime::{Event, EventStream};

fn events() -> EventStream![Send] { //~
    EventStream! { yield Event::data("a"); }
}

fn main() {}
