use sse_runtime::{Event, EventStream};

async fn news() -> EventStream![] {
    EventStream! { yield Event::data("a"); }
}

fn events() -> EventStream![] {
    EventStream! {
        for await event in news() { //~
            yield event;
        }
    }
}

fn main() {}
