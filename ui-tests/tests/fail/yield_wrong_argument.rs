use sse_runtime::{Event, EventStream};

fn events(name: Option<String>) -> EventStream![] {
    EventStream! {
        yield Event::data(name); //~
    }
}

fn main() {}
