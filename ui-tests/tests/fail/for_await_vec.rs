use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        for await text in vec!["a", "b"] { //~
            yield Event::data(text);
        }
    }
}

fn main() {}
