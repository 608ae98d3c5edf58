use sse_runtime::{Event, EventStream};

fn events(message: String) -> EventStream![] {
    EventStream! {
        let text = mesage; //~
        yield Event::data(text);
    }
}

fn main() {}
