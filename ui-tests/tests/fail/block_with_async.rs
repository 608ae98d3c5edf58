use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        async move {
            yield Event::data("a"); //~
        }
    }
}

fn main() {}
