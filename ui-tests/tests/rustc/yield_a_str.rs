use sse_runtime::EventStream;

fn events() -> EventStream![] {
    EventStream! {
        yield "hello"; //~
    }
}

fn main() {}
