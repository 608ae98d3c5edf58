use sse_runtime::{Event, EventStream};

fn events(text: &str) -> EventStream![Result<String, std::num::ParseIntError>] { //~
    EventStream! {
        let n: u32 = text.parse()?;
        yield Event::data(n.to_string());
    }
}

fn main() {}
