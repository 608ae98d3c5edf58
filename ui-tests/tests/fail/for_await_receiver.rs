use tokio::sync::mpsc::Receiver;
use sse_runtime::{Event, EventStream};

fn events(inbox: Receiver<Event>) -> EventStream![] {
    EventStream! {
        for await event in inbox { //~
            yield event;
        }
    }
}

fn main() {}
