use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        println!("{:?}", ["a"].map(|text| yield Event::data(text))); //~
    }
}

fn main() {}
