use sse_runtime::{Event, EventStream};

fn events(more: bool) -> EventStream![] {
    EventStream! {
        let text = if more { "more" } else { 5 }; //~
        yield Event::data(text);
    }
}

fn main() {}
