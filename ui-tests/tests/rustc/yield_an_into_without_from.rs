use sse_runtime::EventStream;

fn events() -> EventStream![] {
    EventStream! {
        yield 3.into(); //~
    }
}

fn main() {}
