use sse_runtime::{Event, EventStream};

async fn text() -> String {
    "a".to_owned()
}

fn events() -> EventStream![] {
    EventStream! {
        let text = await text(); //~
        yield Event::data(text);
    }
}

fn main() {}
