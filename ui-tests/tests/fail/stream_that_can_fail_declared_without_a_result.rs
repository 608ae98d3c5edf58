use sse_runtime::{Event, EventStream};

fn events(ok: bool) -> EventStream![] { //~
    EventStream! {
        yield Event::data("a");
        if !ok {
            return Err("not ok".to_owned());
        }
    }
}

fn main() {}
