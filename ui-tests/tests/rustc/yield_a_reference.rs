use sse_runtime::{Event, EventStream};

fn events(last: Event) -> EventStream![] {
    EventStream! {
        yield &last; //~
    }
}

fn main() {}
