use sse_runtime::{Event, EventStream};

fn events(text: String) -> EventStream![] {
    EventStream! {
        loop {
            yield Event::data(text); //~
        }
    }
}

fn main() {}
