use sse_runtime::{Event, EventStream};

fn events(name: Option<&'static str>) -> EventStream![] {
    EventStream! {
        let Some(name) = name else { //~
            yield Event::data("nobody");
        };
        yield Event::data(name);
    }
}

fn main() {}
