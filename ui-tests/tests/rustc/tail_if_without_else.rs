use sse_runtime::{Event, EventStream};

fn events(more: bool) -> EventStream![] {
    EventStream! {
        yield Event::data("a");
        if more { //~
            5
        }
    }
}

fn main() {}
