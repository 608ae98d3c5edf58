use sse_runtime::SseEvent;

#[derive(SseEvent)]
#[sse(name = "price", name = "cost")] //~
struct Price {
    price: u64,
}

fn main() {}
