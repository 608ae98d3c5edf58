use sse_runtime::{Event, EventStream};

macro_rules! sse {
    ($($tokens:tt)*) => { EventStream! { $($tokens)* } };
}

fn events(message: String) -> EventStream![] {
    sse! {
        yield Event::data(mesage); //~
    }
}

fn main() {}
