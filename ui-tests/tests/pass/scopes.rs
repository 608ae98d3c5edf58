//! Closures, inner `async` blocks and items keep their own `?` and `return`.
#![forbid(unsafe_code)]
#![deny(warnings, unreachable_code, unused_qualifications)]
#![allow(dead_code)]

use sse_runtime::{Event, EventStream};
use std::num::ParseIntError;

fn closures(texts: Vec<String>) -> EventStream![] {
    EventStream! {
        let parse = |text: &str| -> Result<u32, ParseIntError> { Ok(text.parse::<u32>()? + 1) };
        let early = |n: u32| {
            if n > 3 {
                return "many";
            }
            "few"
        };
        let bare = || {
            if texts.is_empty() {
                return;
            }
            println!("{}", texts.len());
        };
        let first = || texts.first()?.chars().next();
        bare();
        yield Event::data(format!("{:?} {:?}", parse("3").map(early), first()));
    }
}

fn async_blocks(text: &str) -> EventStream![] {
    EventStream! {
        let number = async { Ok::<u32, ParseIntError>(text.parse::<u32>()?) };
        let early = async {
            if text.is_empty() {
                return;
            }
            println!("{text}");
        };
        early.await;
        let fallible: Result<(), ParseIntError> = async move {
            let n: u32 = text.parse()?;
            if n > 3 {
                return Ok(());
            }
            Ok(())
        }
        .await;
        yield Event::data(format!("{:?} {fallible:?}", number.await));
    }
}

fn async_closures() -> EventStream![] {
    EventStream! {
        let parse = async |text: &str| {
            let n: u32 = text.parse()?;
            if n > 3 {
                return Ok(n);
            }
            Err::<u32, ParseIntError>("x".parse::<u32>().unwrap_err())
        };
        let owned = async move |n: u32| n + 1;
        yield Event::data(format!("{:?} {}", parse("3").await, owned(4).await));
    }
}

fn items() -> EventStream![] {
    EventStream! {
        const TEXT: &str = "5";
        struct Parser;
        impl Parser {
            fn parse(&self) -> Result<u32, ParseIntError> {
                if TEXT.is_empty() {
                    return Ok(0);
                }
                Ok(TEXT.parse::<u32>()? + 1)
            }
        }
        async fn later() -> Option<char> {
            Some(TEXT.chars().next()?)
        }
        fn nothing() {
            if TEXT.is_empty() {
                return;
            }
            println!("{TEXT}");
        }
        nothing();
        yield Event::data(format!("{:?} {:?}", Parser.parse(), later().await));
    }
}

fn streams_in_inner_blocks(numbers: impl futures::Stream<Item = u32>) -> EventStream![] {
    EventStream! {
        let sum = async {
            let mut sum = 0;
            for await n in numbers {
                sum += n;
            }
            sum
        };
        yield Event::data(sum.await.to_string());
    }
}

fn a_question_mark_of_its_own_beside_a_closures(
    text: &str,
) -> EventStream![Result<Event, ParseIntError>] {
    EventStream! {
        let first = |text: &str| text.chars().next()?.to_digit(10);
        yield Event::data(format!("{:?}", first(text)));
        let n = text.parse::<u32>()?;
        if n == 0 {
            return;
        }
        if n == 1 {
            return Ok(());
        }
        yield Event::data(n.to_string());
    }
}

fn main() {}
