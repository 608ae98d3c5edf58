#![deny(warnings, unreachable_code)]
#![allow(dead_code)]

use sse_runtime::{Event, EventStream};

macro_rules! bail {
    ($error:expr) => {
        return Err($error.into())
    };
}

fn events(text: &str) -> EventStream![Result<Event, Box<dyn std::error::Error>>] {
    EventStream! {
        yield Event::data(text.parse::<u32>()?.to_string());
        bail!("no more")
    }
}

fn main() {}
