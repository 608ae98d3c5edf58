use sse_runtime::{Event, EventStream};

async fn text() -> Result<&'static str, String> {
    Ok("a")
}

fn events() -> EventStream![Result<Event, String>] {
    EventStream! {
        yield Event::data(text()?); //~
    }
}

fn main() {}
