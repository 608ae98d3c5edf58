use sse_runtime::EventStream;

fn events() -> EventStream![] {
    EventStream! {
        yield Event::data("a"); //~
    }
}

fn main() {}
