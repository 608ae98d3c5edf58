use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        std::thread::spawn(move || yield Event::data("from the thread")); //~
    }
}

fn main() {}
