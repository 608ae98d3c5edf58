use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        yield Event::data("a");
    }
    .heartbeat(15) //~
}

fn main() {}
