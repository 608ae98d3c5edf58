use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        tokio::spawn(async move {
            yield Event::data("from the task"); //~
        });
    }
}

fn main() {}
