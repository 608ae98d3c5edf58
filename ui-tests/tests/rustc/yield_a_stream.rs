use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        let more = EventStream! { yield Event::data("a"); };
        yield more; //~
    }
}

fn main() {}
