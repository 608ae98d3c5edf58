use sse_runtime::{Event, EventStream};

fn events(text: String) -> EventStream![Event] {
    EventStream! {
        text. //~
        yield Event::data("a");
    }
}

fn main() {}
