use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        |text| yield Event::data(text) //~
    }
}

fn main() {}
