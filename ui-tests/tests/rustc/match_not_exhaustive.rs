use sse_runtime::{Event, EventStream};

fn events(n: Option<u32>) -> EventStream![] {
    EventStream! {
        match n { //~
            Some(n) => yield Event::data(n.to_string()),
        }
    }
}

fn main() {}
