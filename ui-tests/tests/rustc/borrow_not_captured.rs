use sse_runtime::{Event, EventStream};

fn count(text: &str) -> EventStream![Event + use<>] {
    EventStream! {
        yield Event::data(text.to_owned()); //~
    }
}

fn main() {}
