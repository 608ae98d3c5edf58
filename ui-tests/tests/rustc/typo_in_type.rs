use sse_runtime::{Event, EventStream};

fn events(message: String) -> EventStream![] {
    EventStream! {
        let text: Strng = message; //~
        yield Event::data(text);
    }
}

fn main() {}
