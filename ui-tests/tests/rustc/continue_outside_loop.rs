use sse_runtime::{Event, EventStream};

fn events(skip: bool) -> EventStream![] {
    EventStream! {
        if skip {
            continue; //~
        }
        yield Event::data("a");
    }
}

fn main() {}
