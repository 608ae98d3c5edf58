use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        let n = 0;
        n += 1; //~
        yield Event::data(n.to_string());
    }
}

fn main() {}
