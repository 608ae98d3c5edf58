//! Other macros with a `yield` of their own, under names of the block's choice.
#![deny(warnings)]
#![allow(dead_code)]

use sse_runtime::{Event, EventStream};

fn renamed() -> EventStream![] {
    EventStream! {
        for await item in items() {
            yield item;
        }
        use sse_runtime::EventStream as inner;
        for await item in inner! { yield Event::data("a"); } {
            yield item;
        }
        fn items() -> EventStream![] {
            use sse_runtime::{Event as Item, EventStream as inner};
            inner! { yield Item::data("b"); }
        }
    }
}

fn main() {}
