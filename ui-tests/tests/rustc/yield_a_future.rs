use sse_runtime::{Event, EventStream};

async fn latest() -> Event {
    Event::data("a")
}

fn events() -> EventStream![] {
    EventStream! {
        yield latest(); //~
    }
}

fn main() {}
