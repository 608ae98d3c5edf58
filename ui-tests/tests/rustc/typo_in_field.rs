use sse_runtime::{Event, EventStream};

struct User {
    name: String,
}

fn events(user: User) -> EventStream![] {
    EventStream! {
        yield Event::data(user.nmae); //~
    }
}

fn main() {}
