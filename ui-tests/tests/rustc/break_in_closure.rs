use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        loop {
            [1, 2].iter().for_each(|_| break); //~
            yield Event::data("a");
        }
    }
}

fn main() {}
