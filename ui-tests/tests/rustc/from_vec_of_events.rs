use sse_runtime::{Event, EventStream};

fn main() {
    drop(EventStream::from(vec![Event::data("a")])); //~
}
