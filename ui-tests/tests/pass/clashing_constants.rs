//! No name of the expansion is one of the user's constants, statics or structs.
#![forbid(unsafe_code)]
#![deny(warnings, unreachable_code, unused_qualifications)]
#![allow(dead_code, non_upper_case_globals, non_camel_case_types)]

use sse_runtime::{Event, EventStream};

const block: u8 = 0;
const end: u8 = 0;
const event: u8 = 0;
const item: u8 = 0;
const stream: u8 = 0;
const statements: u8 = 0;

mod statics {
    use sse_runtime::{Event, EventStream};

    static block: u8 = 0;
    static end: u8 = 0;
    static event: u8 = 0;
    static item: u8 = 0;
    static stream: u8 = 0;
    static statements: u8 = 0;

    fn infallible() -> EventStream![] {
        EventStream! {
            for await sent in EventStream! { yield Event::data(block) } {
                yield sent;
            }
            if end == 1 {
                return drop(statements.to_string());
            }
        }
    }
}

mod structs {
    use sse_runtime::{Event, EventStream};

    struct block;
    struct end;
    struct event;
    struct item;
    struct stream;
    struct statements;

    fn infallible() -> EventStream![] {
        EventStream! {
            for await sent in EventStream! { yield Event::data("a") } {
                yield sent;
            }
            if true {
                return drop(block);
            }
        }
    }
}

fn infallible() -> EventStream![] {
    EventStream! {
        for await sent in EventStream! { yield Event::data(block) } {
            yield sent;
        }
        tokio::select! {
            () = async {} => yield Event::data(event),
        }
        if end == 1 {
            return drop(statements.to_string());
        }
    }
}

fn fallible(text: &str) -> EventStream![Result<Event, std::num::ParseIntError>] {
    EventStream! {
        yield Event::data(text.parse::<u8>()? + stream + item);
        if end == 1 {
            return Ok(());
        }
    }
}

fn main() {}
