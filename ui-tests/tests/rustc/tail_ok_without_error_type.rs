use sse_runtime::{Event, EventStream};

fn main() {
    let _events = EventStream! {
        yield Event::data("a");
        Ok(()) //~
    };
}
