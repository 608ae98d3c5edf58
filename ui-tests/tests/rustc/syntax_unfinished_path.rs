use sse_runtime::{Event, EventStream};

fn events() -> EventStream![Event] {
    EventStream! {
        yield Event::; //~
    }
}

fn main() {}
