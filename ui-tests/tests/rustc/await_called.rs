use sse_runtime::{Event, EventStream};

async fn text() -> String {
    "a".to_owned()
}

fn events() -> EventStream![] {
    EventStream! {
        yield Event::data(text().await()); //~
    }
}

fn main() {}
