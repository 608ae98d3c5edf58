use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        let type = "a"; //~
        yield Event::data("b");
    }
}

fn main() {}
