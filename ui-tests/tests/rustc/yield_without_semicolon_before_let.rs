use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        yield Event::data("a") //~
        let next = "b";
        yield Event::data(next);
    }
}

fn main() {}
