use sse_runtime::EventStream;

async fn forward() {}

fn events() -> EventStream![] {
    EventStream! { forward() } //~
}

fn main() {}
