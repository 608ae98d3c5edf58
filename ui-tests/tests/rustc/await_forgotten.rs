#![deny(unused_must_use)]

use std::time::Duration;
use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        tokio::time::sleep(Duration::from_secs(1)); //~
        yield Event::data("a");
    }
}

fn main() {}
