use sse_runtime::{Event, EventStream};

fn events(more: bool) -> EventStream![Event] {
    EventStream! {
        if more {
            yield Event::data("a");
        } else
            yield Event::data("b"); //~
    }
}

fn main() {}
