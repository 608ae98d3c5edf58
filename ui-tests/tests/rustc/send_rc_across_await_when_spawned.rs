use futures::StreamExt;
use std::rc::Rc;
use sse_runtime::{Event, EventStream};

fn main() {
    let events = EventStream! {
        let name = Rc::new("a");
        yield Event::data(*name);
        drop(name);
    };
    tokio::spawn(events.count()); //~
}
