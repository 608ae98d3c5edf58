use sse_runtime::{Event, EventStream};

fn events() -> EventStream![Event] {
    EventStream! {
        tokio::select! {
            () = async {} => { yield; } //~
        }
    }
}

fn main() {}
