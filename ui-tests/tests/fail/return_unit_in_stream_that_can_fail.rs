use sse_runtime::{Event, EventStream};

fn events(text: &str) -> EventStream![Result<Event, std::num::ParseIntError>] {
    EventStream! {
        let number: u32 = text.parse()?;
        if number == 0 {
            return (); //~
        }
        yield Event::data("a");
    }
}

fn main() {}
