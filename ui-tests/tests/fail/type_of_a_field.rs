use sse_runtime::{Event, EventStream};

struct Feed {
    events: EventStream![], //~
}

fn main() {
    drop(Feed { events: EventStream! { yield Event::data("a"); } });
}
