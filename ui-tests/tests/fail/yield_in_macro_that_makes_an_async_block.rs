use sse_runtime::{Event, EventStream};

macro_rules! later {
    ($($tokens:tt)*) => { async { $($tokens)* }.await };
}

fn events() -> EventStream![] {
    EventStream! {
        later! {
            yield Event::data("a"); //~
        }
    }
}

fn main() {}
