use sse_runtime::{Event, EventStream};

fn events() -> EventStream![Result<Event, std::io::Error>] { //~
    EventStream! {
        yield Event::data("a");
    }
}

fn main() {}
