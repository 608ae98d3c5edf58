use std::rc::Rc;
use sse_runtime::{Event, EventStream};

#[rocket::get("/")]
fn events() -> EventStream![] { //~
    EventStream! {
        let name = Rc::new("a");
        yield Event::data(*name);
        drop(name);
    }
}

fn main() {}
