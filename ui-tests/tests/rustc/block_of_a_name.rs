use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    let event = Event::data("a");
    EventStream! { event } //~
}

fn main() {}
