use sse_runtime::{Event, EventStream};

fn events() -> EventStream![String] { //~
    EventStream! { yield Event::data("a"); }
}

fn main() {}
