use std::time::Duration;
use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        yield Event::data("a");
        tokio::time::sleep(Duration::from_secs(1)) //~
    }
}

fn main() {}
