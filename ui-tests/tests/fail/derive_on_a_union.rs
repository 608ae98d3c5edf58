use sse_runtime::SseEvent;

#[derive(SseEvent)]
union Update { //~
    price: u64,
    count: u64,
}

fn main() {}
