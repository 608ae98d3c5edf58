use futures::Stream;
use sse_runtime::{Event, EventStream};

fn events() -> impl Stream<Item = String> { //~
    EventStream! { yield Event::data("a"); }
}

fn main() {}
