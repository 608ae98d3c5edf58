use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        struct Speaker;
        impl Speaker {
            fn say(&self) {
                yield Event::data("a"); //~
            }
        }
        Speaker.say();
    }
}

fn main() {}
