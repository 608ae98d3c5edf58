use sse_runtime::{Event, EventStream};

macro_rules! twice {
    ($do:expr) => {{ let once = || $do; once(); once() }};
}

fn events() -> EventStream![] {
    EventStream! {
        twice!({
            yield Event::data("a"); //~
        });
    }
}

fn main() {}
