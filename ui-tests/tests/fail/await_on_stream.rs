use sse_runtime::{Event, EventStream};

fn more() -> EventStream![] {
    EventStream! { yield Event::data("a"); }
}

fn events() -> EventStream![] {
    EventStream! {
        more().await; //~
    }
}

fn main() {}
