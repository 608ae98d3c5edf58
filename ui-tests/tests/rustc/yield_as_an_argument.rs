use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        let text = format!("{}", yield Event::data("how many?")); //~
        drop(text);
    }
}

fn main() {}
