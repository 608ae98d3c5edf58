use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        yield Event::data("a");
        else { //~
            yield Event::data("b");
        }
    }
}

fn main() {}
