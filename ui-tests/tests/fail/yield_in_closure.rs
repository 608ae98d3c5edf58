use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        ["a", "b"].into_iter().for_each(|text| {
            yield Event::data(text); //~
        });
    }
}

fn main() {}
