//! Blocks that a user's macro passes on in one piece. Rust has parsed them, so they have no `yield`.
#![deny(warnings)]
#![allow(dead_code)]

use futures::Stream;
use sse_runtime::{Event, EventStream};

macro_rules! each {
    ($item:pat in $stream:expr, $body:block) => {
        EventStream! { for await $item in $stream $body }
    };
}

fn of_a_for_await(numbers: impl Stream<Item = u8>) -> EventStream![] {
    each!(number in numbers, {
        if number > 3 {
            break;
        }
    })
}

macro_rules! later {
    ($body:block) => {
        EventStream! {
            let number: Option<u8> = async move $body.await;
            yield Event::data(number.unwrap_or(0));
        }
    };
}

fn of_an_async_block(number: Option<u8>) -> EventStream![] {
    later!({ Some(number? + 1) })
}

macro_rules! function {
    ($body:block) => {
        EventStream! {
            fn number() -> Option<u8> $body
            yield Event::data(number().unwrap_or(0));
        }
    };
}

fn of_a_function() -> EventStream![] {
    function!({
        let number = "3".parse::<u8>().ok()?;
        return Some(number);
    })
}

macro_rules! in_branches {
    ($condition:expr, $body:block) => {
        EventStream! {
            if $condition $body
            for _ in 0..3 $body
            let Some(number) = Some(3) else $body;
            yield Event::data(number);
        }
    };
}

fn of_branches(condition: bool) -> EventStream![] {
    in_branches!(condition, { return })
}

fn main() {}
