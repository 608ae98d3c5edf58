use sse_runtime::{Event, EventStream};

fn events(text: &'static str) -> EventStream![Result<Event, String>] { //~
    EventStream! {
        if text.is_empty() {
            return Err("empty");
        }
        yield Event::data(text);
    }
}

fn main() {}
