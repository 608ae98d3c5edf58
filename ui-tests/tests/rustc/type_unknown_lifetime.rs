use sse_runtime::{Event, EventStream};

fn events(text: &'static str) -> EventStream![Event + 'r] { //~
    EventStream! { yield Event::data(text); }
}

fn main() {}
