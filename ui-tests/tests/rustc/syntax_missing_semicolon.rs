use sse_runtime::{Event, EventStream};

fn events() -> EventStream![Event] {
    EventStream! {
        let text = "a" //~
        yield Event::data(text);
    }
}

fn main() {}
