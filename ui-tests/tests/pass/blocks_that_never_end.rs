//! A block that never ends compiles without a warning about unreachable code.
#![forbid(unsafe_code)]
#![deny(warnings, unreachable_code, unused_qualifications)]
#![allow(dead_code)]

use sse_runtime::{Event, EventStream};
use std::future::pending;
use std::num::ParseIntError;

fn in_a_loop() -> EventStream![] {
    EventStream! {
        loop {
            yield Event::data("a");
        }
    }
}

fn in_a_loop_with_a_semicolon() -> EventStream![] {
    EventStream! {
        loop {
            yield Event::data("a");
        };
    }
}

fn with_a_question_mark(text: &str) -> EventStream![Result<Event, ParseIntError>] {
    EventStream! {
        loop {
            let n: u32 = text.parse()?;
            yield Event::data(n.to_string());
        }
    }
}

fn with_a_question_mark_in_a_macro(text: &str) -> EventStream![Result<Event, ParseIntError>] {
    EventStream! {
        loop {
            tokio::select! {
                n = async { text.parse::<u32>() } => yield Event::data(n?.to_string()),
            }
        }
    }
}

fn in_a_match(more: bool) -> EventStream![] {
    EventStream! {
        match more {
            true => loop {
                yield Event::data("a");
            },
            false => loop {
                pending::<()>().await;
            },
        }
    }
}

fn in_an_if(more: bool) -> EventStream![] {
    EventStream! {
        if more {
            loop {
                yield Event::data("a");
            }
        } else {
            loop {
                yield Event::data("b");
            }
        }
    }
}

fn in_an_if_with_a_question_mark(text: &str) -> EventStream![Result<Event, ParseIntError>] {
    EventStream! {
        if text.is_empty() {
            loop {
                yield Event::data("a");
            }
        } else {
            loop {
                yield Event::data(text.parse::<u32>()?.to_string());
            }
        }
    }
}

fn in_a_block() -> EventStream![] {
    EventStream! {
        {
            loop {
                yield Event::data("a");
            }
        }
    }
}

fn in_a_labelled_block() -> EventStream![] {
    EventStream! {
        'all: {
            loop {
                yield Event::data("a");
                if false {
                    break 'all;
                }
            }
        }
    }
}

fn in_a_macro() -> EventStream![] {
    EventStream! {
        loop {
            tokio::select! {
                () = async {} => yield Event::data("a"),
                () = pending() => { yield Event::data("b"); }
            }
        }
    }
}

fn in_a_future() -> EventStream![] {
    EventStream! {
        yield Event::data("a");
        pending().await
    }
}

fn in_a_future_that_returns_never() -> EventStream![] {
    EventStream! {
        yield Event::data("a");
        pending::<std::convert::Infallible>().await;
    }
}

fn main() {}
