#![deny(unreachable_code)]

use sse_runtime::{Event, EventStream};

fn events(text: &str) -> EventStream![Result<Event, std::num::ParseIntError>] {
    EventStream! {
        loop {
            let n: u32 = text.parse()?;
            yield Event::data(n.to_string());
        }
        println!("done"); //~
    }
}

fn main() {}
