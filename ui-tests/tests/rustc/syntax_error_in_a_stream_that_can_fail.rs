use sse_runtime::{Event, EventStream};

fn events(text: &str) -> EventStream![Result<Event, std::num::ParseIntError>] {
    EventStream! {
        let n: u32 = text.parse()?;
        let m = n +; //~
        yield Event::data(m.to_string());
    }
}

fn main() {}
