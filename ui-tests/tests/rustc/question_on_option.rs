use sse_runtime::{Event, EventStream};

fn events(names: Vec<String>) -> EventStream![Result<Event, String>] {
    EventStream! {
        let name = names.first()?; //~
        yield Event::data(name.clone());
    }
}

fn main() {}
