use sse_runtime::{Event, EventStream};

fn lines() -> Result<Vec<&'static str>, std::io::Error> {
    Ok(vec!["a"])
}

fn events() -> EventStream![Result<Event, std::io::Error>] {
    EventStream! {
        for line in lines() {
            yield Event::data(line); //~
        }
    }
}

fn main() {}
