use sse_runtime::EventStream;

fn events() -> EventStream![] {
    EventStream! {} //~
}

fn main() {}
