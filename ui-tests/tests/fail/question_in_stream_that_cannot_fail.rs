use sse_runtime::{Event, EventStream};

fn events(text: &str) -> EventStream![] { //~
    EventStream! {
        let number: u32 = text.parse()?;
        yield Event::data(number.to_string());
    }
}

fn main() {}
