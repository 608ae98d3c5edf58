use std::num::ParseIntError;
use sse_runtime::{Event, EventStream};

fn events(text: &str) -> EventStream![Result<Event, ParseIntError>] {
    EventStream! {
        let number: f64 = text.parse::<f64>()?; //~
        yield Event::data(number.to_string());
    }
}

fn main() {}
