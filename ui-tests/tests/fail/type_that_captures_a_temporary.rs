// The hint for more bounds puts them behind the type.

use std::io;

use sse_runtime::{Event, EventStream};

fn repeat(text: &str) -> EventStream![Result<Event, io::Error>] {
    EventStream! { yield Event::data(text); Err(io::ErrorKind::Other)?; }
}

fn main() {
    let stream = repeat(&String::from("a")); //~
    drop(stream);
}
