use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        let n = 5.await; //~
        yield Event::data("a");
    }
}

fn main() {}
