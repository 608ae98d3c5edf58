use sse_runtime::{Event, EventStream};

fn events(n: u32) -> EventStream![] {
    EventStream! {
        n += 1; //~
        yield Event::data(n.to_string());
    }
}

fn main() {}
