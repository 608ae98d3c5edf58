use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        yield Event::data(5); //~
    }
}

fn main() {}
