use sse_runtime::{Event, EventStream};

fn events(old: bool) -> EventStream![] {
    if old {
        EventStream! { yield Event::data("a"); }
    } else {
        EventStream! { yield Event::data("b"); } //~
    }
}

fn main() {}
