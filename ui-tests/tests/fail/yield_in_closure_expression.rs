use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        let say = |text: &'static str| yield Event::data(text); //~
        say("a");
    }
}

fn main() {}
