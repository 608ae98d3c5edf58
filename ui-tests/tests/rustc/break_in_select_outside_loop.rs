use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        tokio::select! {
            () = async {} => yield Event::data("a"),
            () = async {} => break, //~
        }
    }
}

fn main() {}
