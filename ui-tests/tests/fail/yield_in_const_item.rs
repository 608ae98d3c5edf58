use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        const HELLO: () = {
            yield Event::empty(); //~
        };
        HELLO
    }
}

fn main() {}
