use futures::stream;
use sse_runtime::{Event, EventStream};

fn main() {
    drop(EventStream::from(stream::iter(["a", "b"]))); //~
    drop(Event::data("a"));
}
