use sse_runtime::{Event, EventStream};

fn main() {
    let events: EventStream![] = EventStream! { yield Event::data("a"); }; //~
    drop(events);
}
