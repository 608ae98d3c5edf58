//! Blocks in parentheses, which rustfmt formats, and in every other delimiter.
#![forbid(unsafe_code)]
#![deny(warnings, unreachable_code, unused_qualifications)]
#![allow(dead_code)]

use sse_runtime::{Event, EventStream};

fn in_parentheses() -> EventStream!() {
    EventStream!({
        yield Event::data("a");
    })
}

fn in_brackets() -> EventStream![] {
    EventStream![{ yield Event::data("a"); }]
}

fn in_braces() -> EventStream! {} {
    EventStream! {{
        yield Event::data("a");
    }}
}

fn of_a_macro_call() -> EventStream![] {
    EventStream! { println!("a") }
}

fn of_parentheses() -> EventStream![] {
    EventStream! { (yield Event::data("a"), yield Event::data("b")).0 }
}

fn of_a_tuple() -> EventStream![] {
    EventStream! { let ((), ()) = (yield Event::data("a"), yield Event::data("b")); }
}

fn main() {}
