use std::num::ParseIntError;
use sse_runtime::{Event, EventStream};

fn events(text: &str) -> EventStream![Result<Event, ParseIntError>] {
    EventStream! {
        println!("{}", text.parse::<f64>()?); //~
        yield Event::data("a");
    }
}

fn main() {}
