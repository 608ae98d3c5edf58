use sse_runtime::SseEvent;

#[derive(SseEvent)]
struct Price {
    #[sse(rename = "cost")] //~
    price: u64,
}

fn main() {}
