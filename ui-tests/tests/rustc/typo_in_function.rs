use sse_runtime::{Event, EventStream};

fn events(message: String) -> EventStream![] {
    EventStream! {
        yield Event::date(message); //~
    }
}

fn main() {}
