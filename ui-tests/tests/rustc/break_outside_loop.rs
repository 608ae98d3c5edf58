use sse_runtime::{Event, EventStream};

fn events(stop: bool) -> EventStream![] {
    EventStream! {
        if stop {
            break; //~
        }
        yield Event::data("a");
    }
}

fn main() {}
