use sse_runtime::{Event, EventStream};

macro_rules! spawn {
    ($($tokens:tt)*) => { tokio::spawn(async move { $($tokens)* }) };
}

fn events() -> EventStream![] {
    EventStream! {
        let text = String::from("a");
        spawn! {
            yield Event::data(text); //~
        };
    }
}

fn main() {}
