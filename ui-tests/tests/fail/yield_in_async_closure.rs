use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        let say = async |text: &'static str| {
            yield Event::data(text); //~
        };
        say("a").await;
    }
}

fn main() {}
