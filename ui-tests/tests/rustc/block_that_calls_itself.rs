use sse_runtime::{Event, EventStream};

fn countdown(n: u32) -> EventStream![] {
    EventStream! {
        yield Event::data(n.to_string()); //~
        for await event in countdown(n - 1) {
            yield event;
        }
    }
}

fn main() {}
