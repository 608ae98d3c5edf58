use sse_runtime::{Event, EventStream};

fn events(text: &str) -> EventStream![Result<Event, std::num::ParseIntError>] {
    EventStream! {
        let number: u32 = text.parse()?;
        yield Event::data("a");
        number + 1 //~
    }
}

fn main() {}
