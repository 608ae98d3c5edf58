use sse_runtime::{Event, SseEvent};

#[derive(SseEvent)]
enum Update {
    Price(String, u64), //~
    Closed,
}

fn main() {
    let _: Event = Update::Closed.into();
}
