use sse_runtime::{Event, EventStream};

fn events() -> EventStream![Event + String] { //~
    EventStream! { yield Event::data("a"); }
}

fn main() {}
