//! The macro within a user's macro, as a type and as a block.
#![forbid(unsafe_code)]
#![deny(warnings, unreachable_code, unused_qualifications)]
#![allow(dead_code)]

use sse_runtime::{Event, EventStream};
use std::num::ParseIntError;

macro_rules! of_tokens {
    ($($tokens:tt)*) => {
        EventStream! { $($tokens)* }
    };
}

macro_rules! of_braced_tokens {
    ({ $($tokens:tt)* }) => {
        EventStream!({ $($tokens)* })
    };
}

macro_rules! of_type {
    ($ty:ty) => {
        EventStream![$ty]
    };
}

macro_rules! of_error_type {
    ($ty:ty) => {
        EventStream![Result<Event, $ty>]
    };
}

macro_rules! of_expression {
    ($event:expr) => {
        EventStream! {
            yield $event;
        }
    };
}

macro_rules! of_expressions {
    ($($event:expr),* $(,)?) => {
        EventStream! {
            $(yield Event::data($event);)*
        }
    };
}

macro_rules! of_source {
    ($pattern:pat in $stream:expr => $body:expr) => {
        EventStream! {
            for await $pattern in $stream {
                yield $body;
            }
        }
    };
}

macro_rules! of_name {
    ($name:ident, $error:ty) => {
        fn $name(text: &str) -> EventStream![Result<Event, $error>] {
            EventStream! {
                let n: u32 = text.parse()?;
                yield Event::data(n.to_string());
            }
        }
    };
}

macro_rules! of_lifetime {
    ($life:lifetime) => {
        EventStream![Event + $life]
    };
}

macro_rules! of_label {
    ($label:lifetime) => {
        EventStream! {
            $label: for await n in numbers() {
                if n == 3 {
                    break $label;
                }
                yield Event::data(n.to_string());
            }
        }
    };
}

macro_rules! of_block {
    ($before:block) => {
        EventStream! {
            $before
            yield Event::data("a");
        }
    };
}

fn numbers() -> impl futures::Stream<Item = u32> {
    futures::stream::iter(1..5)
}

fn block() -> EventStream![] {
    of_block!({ println!("first"); })
}

fn tokens() -> of_type!(Event) {
    of_tokens! {
        yield Event::data("a");
        for await n in numbers() {
            yield Event::data(n.to_string());
        }
    }
}

fn braced_tokens(text: &str) -> of_type!(Result<Event, ParseIntError>) {
    of_braced_tokens!({
        yield Event::data(text.parse::<u32>()?.to_string());
    })
}

fn expression() -> of_type!(Event) {
    let text = "a";
    of_expression!(Event::data(text))
}

fn expressions() -> EventStream![] {
    of_expressions!["a", "b".to_owned(), format!("{}", 3)]
}

fn source() -> EventStream![] {
    of_source!(n in numbers() => Event::data(n.to_string()))
}

fn label() -> EventStream![] {
    of_label!('all)
}

fn lifetime<'r>(text: &'r str) -> of_lifetime!('r) {
    of_tokens! { yield Event::data(text.to_owned()); }
}

fn error_type(text: &str) -> of_error_type!(ParseIntError) {
    of_tokens! { yield Event::data(text.parse::<u32>()?.to_string()); }
}

of_name!(name, ParseIntError);

fn main() {
    drop(name("5"));
}
