use sse_runtime::SseEvent;

#[derive(SseEvent)]
enum Update {
    #[sse(name = "")] //~
    Price(u64),
}

fn main() {}
