use sse_runtime::{Event, EventStream};

fn events() -> EventStream![Result<Event, String>] {
    EventStream! {
        yield Event::data("a");
        yield Err("no more".to_owned()); //~
    }
}

fn main() {}
