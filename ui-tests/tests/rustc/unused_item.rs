#![deny(dead_code)]

use sse_runtime::{Event, EventStream};

fn main() {
    drop(EventStream! {
        fn double(n: u32) -> u32 { n * 2 } //~
        yield Event::data("a");
    });
}
