use sse_runtime::{Event, EventStream};

fn events(event: Event) -> EventStream![] {
    EventStream! {
        yield event;
        println!("sent {event:?}"); //~
    }
}

fn main() {}
