use sse_runtime::{Event, EventStream};

fn events(event: Event) -> EventStream![] {
    EventStream! {
        loop {
            yield event; //~
        }
    }
}

fn main() {}
