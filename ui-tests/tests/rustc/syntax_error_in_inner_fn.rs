use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        fn double(n: u32) -> u32 { n * } //~
        yield Event::data(double(2).to_string());
    }
}

fn main() {}
