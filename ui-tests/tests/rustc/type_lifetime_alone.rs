use sse_runtime::{Event, EventStream};

fn events<'r>(text: &'r str) -> EventStream!['r] { //~
    EventStream! { yield Event::data(text.to_owned()); }
}

fn main() {}
