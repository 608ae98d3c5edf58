//! A plain `for` is Rust's own, so it infers as Rust's does.
#![deny(warnings)]
#![allow(dead_code)]

use sse_runtime::{Event, EventStream};

fn infers() -> EventStream![] {
    EventStream! {
        let mut rest = Default::default();
        for n in std::mem::take(&mut rest) {
            let n: u8 = n;
            yield Event::data(n);
        }
        rest = vec![1];
        drop(rest);
    }
}

fn main() {}
