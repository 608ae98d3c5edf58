use sse_runtime::{Event, EventStream};

fn events() {
    EventStream! { yield Event::data("a"); } //~
}

fn main() {}
