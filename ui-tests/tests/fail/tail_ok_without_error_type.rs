use sse_runtime::{Event, EventStream};

fn main() {
    drop(EventStream! {
        yield Event::data("a");
        Ok(()) //~
    });
}
