use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        async fn say(text: &'static str) {
            yield Event::data(text); //~
        }
        say("a").await;
    }
}

fn main() {}
