use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        yield Event::data("a");
        let n = ; //~
        yield Event::data("b");
    }
}

fn main() {}
