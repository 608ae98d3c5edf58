use sse_runtime::{Event, SseEvent};

struct Price;

#[derive(SseEvent)]
enum Update {
    Price(Price),
}

fn main() {
    let _ = Event::from(Update::Price(Price)); //~
}
