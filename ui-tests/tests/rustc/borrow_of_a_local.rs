use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    let text = String::from("a b");
    let words = text.split(' '); //~
    EventStream! {
        for word in words {
            yield Event::data(word.to_owned());
        }
    }
}

fn main() {}
