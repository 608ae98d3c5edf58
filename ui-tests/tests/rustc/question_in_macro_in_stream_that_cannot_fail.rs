use sse_runtime::{Event, EventStream};

fn events(text: &str) -> EventStream![] {
    EventStream! {
        tokio::select! {
            n = async { text.parse::<u32>() } => yield Event::data(n?), //~
        }
    }
}

fn main() {}
