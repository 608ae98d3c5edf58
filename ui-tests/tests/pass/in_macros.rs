//! A block's own syntax in the arguments of other macros.
#![forbid(unsafe_code)]
#![deny(warnings, unreachable_code, unused_qualifications)]
#![allow(dead_code)]

use sse_runtime::{Event, EventStream};
use std::collections::HashMap as Map;
use std::num::ParseIntError;
use std::time::Duration;
use tokio::sync::mpsc::Receiver;

fn select(mut inbox: Receiver<Option<u32>>) -> EventStream![] {
    EventStream! {
        let mut tick = tokio::time::interval(Duration::from_secs(1));
        'all: loop {
            tokio::select! {
                biased;
                _ = tick.tick() => yield Event::data("tick"),
                Some(n) = inbox.recv(), if !inbox.is_closed() => match n {
                    Some(n) if n > 3 => {
                        yield Event::data(n.to_string());
                        continue 'all;
                    }
                    Some(n) => yield Event::data(n.to_string()).event("small"),
                    None => break 'all,
                },
                else => {
                    yield Event::data("bye");
                    return;
                }
            }
        }
    }
}

fn select_after_a_closure_that_negates(mut inbox: Receiver<i32>) -> EventStream![] {
    EventStream! {
        tokio::select! {
            n = inbox.recv() => {
                let negated = |n: i32| -n;
                if let Some(n) = n { yield Event::data(negated(n)); }
            }
        }
    }
}

fn select_with_a_value() -> EventStream![] {
    EventStream! {
        let text = tokio::select! {
            () = async {} => { yield Event::data("a"); "left" }
            () = async {} => "right",
        };
        yield Event::data(text);
    }
}

fn select_that_can_fail(text: &str) -> EventStream![Result<Event, ParseIntError>] {
    EventStream! {
        tokio::select! {
            n = async { text.parse::<u32>() } => {
                let n = n?;
                yield Event::data(n.to_string());
            }
            () = async {} => return Ok(()),
        }
    }
}

fn futures_select(first: impl futures::Stream<Item = u32> + Unpin) -> EventStream![] {
    EventStream! {
        let mut first = futures::StreamExt::fuse(first);
        loop {
            futures::select! {
                n = futures::StreamExt::select_next_some(&mut first) => {
                    yield Event::data(n.to_string());
                }
                complete => break,
            }
        }
    }
}

fn select_with_for_await(numbers: impl futures::Stream<Item = u32>) -> EventStream![] {
    EventStream! {
        tokio::select! {
            () = async {} => {
                'numbers: for await n in numbers {
                    if matches!(n, 3 | 5 if n > 4) {
                        break 'numbers;
                    }
                    yield Event::data(n.to_string());
                }
            }
        }
    }
}

fn closures_in_macros() -> EventStream![] {
    EventStream! {
        let texts: Vec<u32> = vec![1, 2, 3];
        println!("{:?}", texts.iter().map(|n| { return n + 1; }).collect::<Vec<_>>());
        let sum = vec![texts.iter().map(|n| n.checked_add(1)).sum::<Option<u32>>()];
        let parse = vec![|text: &str| -> Result<u32, ParseIntError> { Ok(text.parse::<u32>()? | 1) }];
        assert!(parse[0]("5").is_ok(), "{sum:?}");
        yield Event::data(format!("{:?} {}", texts, texts.len() | 1));
    }
}

fn async_in_macros(text: &str) -> EventStream![] {
    EventStream! {
        let (left, right) = tokio::join!(
            async { text.parse::<u32>() },
            async move { Ok::<u32, ParseIntError>(text.parse::<u32>()? + 1) },
        );
        yield Event::data(format!("{left:?} {right:?}"));
    }
}

fn question_marks_that_are_none(text: Option<&str>) -> EventStream![] {
    macro_rules! sigil {
        (?$name:ident) => {
            println!("{:?}", $name)
        };
        ($name:ident ?= $value:expr) => {
            println!("{} {:?}", stringify!($name), $value)
        };
    }
    EventStream! {
        sigil!(?text);
        println!("is it? {:?}", text);
        assert!(matches!(text, Some("?") | None), "?");
        yield Event::data("a");
    }
}

fn events_in_macros() -> EventStream![] {
    EventStream! {
        for event in vec![Event::data("a"), Event::data("b")] {
            yield event;
        }
        let [first, second] = [1, 2].map(|n| format!("{n}"));
        yield Event::data(format!("{first}{second}"));
        yield Event::json(&vec![first, second]);
    }
}

trait IntoEvent {
    fn into_event(self) -> Event;
}

impl IntoEvent for Map<u8, u8> {
    fn into_event(self) -> Event {
        Event::data(self.len())
    }
}

fn yields_between_brackets() -> EventStream![] {
    EventStream! {
        tokio::select! {
            () = async {} => yield Event::data(Vec::<u8>::with_capacity(3).len().to_string()),
            () = async {} => yield Event::data(<u8 as ToString>::to_string(&3)),
            () = async {} => yield <Map<u8, u8> as IntoEvent>::into_event(Map::new()),
            () = async {} => yield Event::data(if 1 < 2 { "a" } else { "b" }),
            () = async {} => yield match 3 { 3 => Event::data("a"), _ => Event::data("b") },
        }
    }
}

fn main() {}
