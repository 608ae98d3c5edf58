use sse_runtime::{Event, EventStream};

fn events(text: &'static str) -> EventStream![] { //~
    EventStream! {
        if text.is_empty() {
            return Ok(());
        }
        yield Event::data(text);
    }
}

fn main() {}
