use sse_runtime::{Event, EventStream};

fn events() -> EventStream![Result<Event>] { //~
    EventStream! { yield Event::data("a"); }
}

fn main() {}
