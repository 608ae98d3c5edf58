use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        let answer: u32 = yield Event::data("how many?"); //~
        drop(answer);
    }
}

fn main() {}
