use sse_runtime::{Event, EventStream};

fn events(stop: bool) -> EventStream![] {
    EventStream! {
        if stop {
            break; //~
        }
        tokio::select! {
            () = async {} => yield Event::data("a"),
        }
    }
}

fn main() {}
