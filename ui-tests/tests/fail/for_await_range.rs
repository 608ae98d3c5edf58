use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        for await n in 0..3 { //~
            yield Event::data(n.to_string());
        }
    }
}

fn main() {}
