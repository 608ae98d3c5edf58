use sse_runtime::{Event, EventStream};

fn events(message: String) -> EventStream![] {
    EventStream! {
        tokio::select! {
            () = async {} => yield Event::data(mesage), //~
        }
    }
}

fn main() {}
