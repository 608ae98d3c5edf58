use sse_runtime::{Event, EventStream};

fn events(n: u32) -> EventStream![Event] {
    EventStream! {
        match n {
            1 => yield Event::data("a")
            _ => yield Event::data("b"), //~ //~
        }
    }
}

fn main() {}
