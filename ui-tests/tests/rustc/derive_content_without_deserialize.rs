use sse_runtime::{Received, SseEvent};

struct Price;

#[derive(SseEvent)]
enum Update {
    Price(Price),
}

fn update(received: Received) -> Option<Update> {
    Update::try_from(received).ok() //~ //~
}

fn main() {}
