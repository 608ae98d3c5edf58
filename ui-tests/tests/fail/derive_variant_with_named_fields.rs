use sse_runtime::SseEvent;

#[derive(SseEvent)]
enum Update {
    Price { cents: u64 }, //~
}

fn main() {}
