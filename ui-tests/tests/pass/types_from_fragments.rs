//! Types that a user's macro passes on in one piece.
#![deny(warnings)]
#![allow(dead_code)]

use sse_runtime::{Event, EventStream};

macro_rules! of {
    ($item:ty) => {
        EventStream![$item]
    };
}

macro_rules! of_sent {
    ($item:ty) => {
        EventStream![$item + Send]
    };
}

macro_rules! of_twice {
    ($item:ty) => {
        of![$item]
    };
}

fn plain() -> of!(Event) {
    EventStream! { yield Event::data("a") }
}

fn borrowed<'r>(text: &'r str) -> of!(Event + 'r) {
    EventStream! { yield Event::data(text) }
}

fn borrowed_and_sent<'r>(text: &'r str) -> of_sent!(Event + 'r) {
    EventStream! { yield Event::data(text) }
}

fn passed_on<'r>(text: &'r str) -> of_twice!(Event + 'r + Send) {
    EventStream! { yield Event::data(text) }
}

fn fallible(n: Result<u8, String>) -> of!(Result<Event, String> + Send) {
    EventStream! { yield Event::data(n?) }
}

fn main() {}
