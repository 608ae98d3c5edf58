use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        yield Event::try_json(&[1, 2, 3]); //~
    }
}

fn main() {}
