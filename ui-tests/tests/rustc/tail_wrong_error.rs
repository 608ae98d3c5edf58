use sse_runtime::{Event, EventStream};

fn events() -> EventStream![Result<Event, String>] { //~
    EventStream! {
        yield Event::data("a");
        Err("no more")
    }
}

fn main() {}
