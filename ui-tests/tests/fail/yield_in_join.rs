use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        tokio::join!(
            async { yield Event::data("left") }, //~
            async {},
        );
    }
}

fn main() {}
