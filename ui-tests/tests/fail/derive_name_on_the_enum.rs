use sse_runtime::SseEvent;

#[derive(SseEvent)]
#[sse(name = "update")] //~
enum Update {
    Price(u64),
}

fn main() {}
