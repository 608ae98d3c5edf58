use sse_runtime::{Event, EventStream};

fn events(text: &str) -> EventStream![Result<Event, std::num::ParseIntError>] {
    EventStream! {
        let number: u32 = text.parse()?;
        return Ok(Event::data(number.to_string())); //~
    }
}

fn main() {}
