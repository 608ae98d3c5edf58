use sse_runtime::{Event, EventStream as Sse};

fn events() -> Sse![] {
    Sse! {
        drop(Event::data("a"));
        yield "a"; //~
    }
}

fn main() {}
