use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        let mut words = vec!["a"];
        let first = &words[0];
        words.push("b"); //~
        yield Event::data(*first);
    }
}

fn main() {}
