use sse_runtime::{Event, EventStream};

fn events() -> EventStream![Result<Event, MyError>] { //~
    EventStream! { yield Event::data("a"); }
}

fn main() {}
