use sse_runtime::{Event, EventStream};

fn events(text: &str) -> EventStream![] {
    EventStream! {
        let n: u32 = text.parse()?;
        yield Event::data(n.to_string());
    }
    .on_error(|error| Event::data(error.to_string())) //~
}

fn main() {}
