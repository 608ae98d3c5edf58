use sse_runtime::SseEvent;

#[derive(SseEvent)]
enum Update {
    #[sse(rename = "cost")] //~
    Price(u64),
}

fn main() {}
