use sse_runtime::{Event, EventStream};

fn events() -> EventStream![Event + Copy] { //~
    EventStream! { yield Event::data("a"); }
}

fn main() {}
