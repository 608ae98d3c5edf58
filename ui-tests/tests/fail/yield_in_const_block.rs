use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        const {
            yield Event::empty(); //~
        }
        yield Event::data("a");
    }
}

fn main() {}
