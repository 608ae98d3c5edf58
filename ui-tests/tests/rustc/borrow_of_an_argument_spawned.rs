use futures::StreamExt;
use sse_runtime::{Event, EventStream};

fn count(text: &str) {
    let events = EventStream! { yield Event::data(text.to_owned()); };
    tokio::spawn(events.count()); //~
}

fn main() {}
