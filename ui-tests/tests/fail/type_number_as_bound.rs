use sse_runtime::EventStream;

fn events() -> EventStream![Event + 3] { //~
    EventStream! { yield sse_runtime::Event::data("a"); }
}

fn main() {}
