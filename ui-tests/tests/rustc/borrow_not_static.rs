use sse_runtime::{Event, EventStream};

fn count(text: &str) -> EventStream![Event + 'static] {
    EventStream! {
        yield Event::data(text.to_owned()); //~
    }
}

fn main() {}
