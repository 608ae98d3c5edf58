use tokio::sync::mpsc::Receiver;
use sse_runtime::{Event, EventStream};

fn events(mut inbox: Receiver<Event>) -> EventStream![] {
    EventStream! {
        yield inbox.recv().await; //~
    }
}

fn main() {}
