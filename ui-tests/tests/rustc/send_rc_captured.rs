use std::rc::Rc;
use sse_runtime::{Event, EventStream};

fn events(name: Rc<str>) -> EventStream![Event + Send] { //~
    EventStream! {
        yield Event::data(name.to_string());
    }
}

fn main() {}
