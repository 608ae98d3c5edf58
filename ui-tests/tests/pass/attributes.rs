//! Attributes stay where they are.
#![forbid(unsafe_code)]
#![deny(warnings, unreachable_code, unused_qualifications)]
#![allow(dead_code)]

use sse_runtime::{Event, EventStream};

#[deprecated = "say `hello`"]
fn hi() -> Event {
    Event::data("hi")
}

fn on_statements(numbers: impl futures::Stream<Item = u32>) -> EventStream![] {
    EventStream! {
        #[allow(unused_variables)]
        let n = 5;
        #[allow(unused_mut)]
        let mut m = 6;
        #[cfg(any())]
        let m = "never";
        #[allow(unused_variables)]
        for await n in numbers {
            yield Event::data("a");
        }
        #[allow(clippy::never_loop)]
        loop {
            break;
        }
        yield Event::data(m.to_string());
        #[cfg(any())]
        for await n in 5 {}
        #[allow(unused_must_use)]
        {
            "5".parse::<u32>();
        }
        match m {
            #[cfg(any())]
            1 => yield 5,
            #[allow(deprecated)]
            2 => yield hi(),
            _ => {}
        }
        #[allow(dead_code)]
        fn inner() {}
    }
}

fn on_the_block() -> EventStream![] {
    EventStream! {
        #![allow(deprecated)]
        yield hi();
    }
}

fn on_a_tail(n: u32) -> EventStream![] {
    EventStream! {
        #[allow(deprecated)]
        match n {
            0 => yield hi(),
            _ => {}
        }
    }
}

fn on_a_tail_if(n: u32) -> EventStream![] {
    EventStream! {
        #[allow(deprecated)]
        if n == 0 {
            yield hi();
        }
    }
}

fn on_a_tail_loop() -> EventStream![] {
    EventStream! {
        #[allow(deprecated)]
        loop {
            yield hi();
        }
    }
}

fn on_a_tail_that_can_fail(text: &str) -> EventStream![Result<Event, std::num::ParseIntError>] {
    EventStream! {
        #[allow(deprecated)]
        match text.parse::<u32>()? {
            0 => yield hi(),
            _ => {}
        }
    }
}

/// Documented.
pub fn documented() -> EventStream![] {
    EventStream! {
        // A comment.
        /* Another. */
        yield Event::data("a");
        #[doc = "text"]
        #[derive(Debug)]
        struct Local;
        println!("{Local:?}");
    }
}

fn main() {
    drop(documented());
}
