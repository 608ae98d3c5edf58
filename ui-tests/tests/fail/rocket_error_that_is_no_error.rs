use sse_runtime::{Event, EventStream};

struct Failure;

#[rocket::get("/")]
fn events() -> EventStream![Result<Event, Failure>] { //~
    EventStream! {
        yield Event::data("a");
        return Err(Failure);
    }
}

fn main() {}
