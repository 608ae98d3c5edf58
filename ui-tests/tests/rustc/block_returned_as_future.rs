use sse_runtime::{Event, EventStream};

fn events() -> impl Future<Output = ()> { //~
    EventStream! { yield Event::data("a"); }
}

fn main() {}
