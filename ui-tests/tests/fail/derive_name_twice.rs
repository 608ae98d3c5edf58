use sse_runtime::SseEvent;

#[derive(SseEvent)]
enum Update {
    Price(u64),
    #[sse(name = "price")]
    Cents(u64), //~
}

fn main() {}
