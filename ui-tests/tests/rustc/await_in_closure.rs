use sse_runtime::{Event, EventStream};

async fn text() -> String {
    "a".to_owned()
}

fn events() -> EventStream![] {
    EventStream! {
        let event = || Event::data(text().await); //~
        yield event();
    }
}

fn main() {}
