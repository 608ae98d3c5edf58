use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        let word;
        {
            let text = String::from("a");
            word = &text; //~
        }
        yield Event::data(word.to_owned());
    }
}

fn main() {}
