use sse_runtime::{Event, EventStream};

fn events(n: Option<u32>) -> EventStream![] {
    EventStream! {
        let text = match n {
            Some(n) => n.to_string(),
            None => "none", //~
        };
        yield Event::data(text);
    }
}

fn main() {}
