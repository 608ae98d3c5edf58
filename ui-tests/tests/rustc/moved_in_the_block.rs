use sse_runtime::{Event, EventStream};

fn events(text: String) -> EventStream![] {
    EventStream! {
        drop(text);
        yield Event::data(text); //~
    }
}

fn main() {}
