use sse_runtime::{Event, EventStream};

fn events(name: &'static str) -> EventStream![] {
    EventStream! {
        fn hello() -> Event {
            Event::data(name) //~
        }
        yield hello();
    }
}

fn main() {}
