use sse_runtime::{Event, EventStream};

macro_rules! named {
    ($name:ident $body:block) => { fn $name() $body };
}

fn events() -> EventStream![] {
    EventStream! {
        named!(hello {
            yield Event::data("a"); //~
        });
        hello();
    }
}

fn main() {}
