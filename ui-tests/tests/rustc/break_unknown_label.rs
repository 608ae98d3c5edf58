use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        'outer: loop {
            yield Event::data("a");
            if false {
                continue 'outer;
            }
            break 'outter; //~
        }
    }
}

fn main() {}
