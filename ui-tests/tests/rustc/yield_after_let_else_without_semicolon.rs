use sse_runtime::{Event, EventStream};

fn events(name: Option<String>) -> EventStream![] {
    EventStream! {
        let Some(name) = name else {
            yield Event::data("nobody");
            return;
        } //~
        yield Event::data(name);
    }
}

fn main() {}
