use sse_runtime::{Event, EventStream};

#[diagnostic::on_unimplemented(message = "not replayable", label = "not replayable")]
trait Replay {}

fn events() -> EventStream![Event + Replay] { //~
    EventStream! { yield Event::data("a"); }
}

fn main() {}
