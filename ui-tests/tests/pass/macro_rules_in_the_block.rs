#![deny(warnings)]
#![allow(dead_code)]

use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        macro_rules! say {
            ($text:expr) => {
                yield Event::data($text)
            };
        }
        say!("a");
        say!("b");
    }
}

fn main() {}
