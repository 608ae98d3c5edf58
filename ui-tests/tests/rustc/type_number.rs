use sse_runtime::{Event, EventStream};

fn events() -> EventStream![u8] { //~
    EventStream! { yield Event::data("a"); }
}

fn main() {}
