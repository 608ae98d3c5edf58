use std::rc::Rc;
use sse_runtime::{Event, EventStream};

fn main() {
    let name = Rc::new("a");
    let events = EventStream! { yield Event::data(*name); };
    drop(events.boxed()); //~
}
