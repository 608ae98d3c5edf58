use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        yield Event::data(); //~
    }
}

fn main() {}
