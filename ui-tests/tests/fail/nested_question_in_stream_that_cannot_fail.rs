use sse_runtime::{Event, EventStream};

fn events(text: &str) -> EventStream![] {
    EventStream! {
        let inner = EventStream! {
            let n: u32 = text.parse()?;
            yield Event::data(n.to_string());
        }
        .on_error(|_: std::num::ParseIntError| Event::empty());
        for await event in inner {
            yield event?; //~
        }
    }
}

fn main() {}
