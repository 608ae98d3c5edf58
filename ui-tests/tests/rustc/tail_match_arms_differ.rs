use sse_runtime::{Event, EventStream};

fn events(more: bool) -> EventStream![] {
    EventStream! {
        match more {
            true => yield Event::data("a"),
            false => 5, //~
        }
    }
}

fn main() {}
