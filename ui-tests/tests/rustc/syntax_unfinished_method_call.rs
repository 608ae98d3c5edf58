use sse_runtime::{Event, EventStream};

fn events(text: String) -> EventStream![] {
    EventStream! {
        yield Event::data("a");
        text. //~
    }
}

fn main() {}
