use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        yield Event::data("a");
        tokio::select! { n = async { 5 } => n } //~
    }
}

fn main() {}
