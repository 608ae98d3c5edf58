use sse_runtime::{Event, EventStream};

fn events(n: u32) -> EventStream![] {
    EventStream! {
        if n { //~
            yield Event::data("a");
        }
    }
}

fn main() {}
