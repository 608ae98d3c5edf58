use sse_runtime::{Event, EventStream};

fn events(n: u32) -> EventStream![] {
    EventStream! {
        match n {
            0 => yield Event::data("a"),
            _ => yield "b", //~
        }
    }
}

fn main() {}
