use sse_runtime::SseEvent;

#[derive(SseEvent)]
enum Update {
    Price(u64),
    Error(String), //~
}

fn main() {}
