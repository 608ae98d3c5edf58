use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        const {
            yield Event::empty(); //~
        }
    }
}

fn main() {}
