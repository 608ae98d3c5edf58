use sse_runtime::{Event, EventStream};

fn events(n: u32) -> EventStream![Event] {
    EventStream! {
        for _ in 0..n + / 2 { //~
            yield Event::data("a");
        }
    }
}

fn main() {}
