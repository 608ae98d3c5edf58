use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    let events = EventStream! { yield Event::data("a"); };
    events.on_error(|error: String| Event::data(error)) //~
}

fn main() {}
