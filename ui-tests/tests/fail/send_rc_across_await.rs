use std::rc::Rc;
use std::time::Duration;
use sse_runtime::{Event, EventStream};

#[rocket::get("/")]
fn events() -> EventStream![] { //~
    EventStream! {
        let name = Rc::new("a");
        rocket::tokio::time::sleep(Duration::from_secs(1)).await;
        yield Event::data(*name);
    }
}

fn main() {}
