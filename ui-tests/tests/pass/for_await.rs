//! `for await` over all kinds of streams and patterns.
#![forbid(unsafe_code)]
#![deny(warnings, unreachable_code, unused_qualifications)]
#![allow(dead_code)]

use futures::stream::{self, BoxStream};
use futures::{Stream, StreamExt as _};
use sse_runtime::{Event, EventStream};
use std::collections::HashMap;
use std::num::ParseIntError;
use std::pin::{Pin, pin};

struct Feed {
    lines: BoxStream<'static, String>,
}

fn patterns(pairs: impl Stream<Item = (u32, [u8; 2])>) -> EventStream![] {
    EventStream! {
        for await (mut n, [first, ..]) in pairs {
            n += u32::from(first);
            yield Event::data(n.to_string());
        }
    }
}

fn unused_items(ticks: impl Stream<Item = u32>) -> EventStream![] {
    EventStream! {
        for await _ in ticks {
            yield Event::data("tick");
        }
    }
}

fn results(lines: impl Stream<Item = Result<u32, ParseIntError>>) -> EventStream![Result<Event, ParseIntError>] {
    EventStream! {
        for await line in lines {
            yield Event::data(line?.to_string());
        }
    }
}

fn boxed(lines: BoxStream<'static, String>) -> EventStream![] {
    EventStream! {
        for await line in lines {
            yield Event::data(line);
        }
    }
}

fn borrowed(feed: &mut Feed) -> EventStream![] {
    EventStream! {
        for await line in &mut feed.lines {
            yield Event::data(line);
            break;
        }
        for await line in feed.lines.by_ref() {
            yield Event::data(line);
        }
    }
}

fn pinned(lines: impl Stream<Item = String>) -> EventStream![] {
    EventStream! {
        let mut lines = pin!(lines);
        for await line in lines.as_mut() {
            yield Event::data(line);
            break;
        }
        for await line in lines {
            yield Event::data(line);
        }
    }
}

fn pinned_argument<'r>(lines: Pin<&'r mut (dyn Stream<Item = String> + Send + 'r)>) -> EventStream![Event + 'r] {
    EventStream! {
        for await line in lines {
            yield Event::data(line);
        }
    }
}

fn expressions(more: bool) -> EventStream![] {
    EventStream! {
        for await n in stream::iter(vec![1, 2]).map(|n| n + 1).filter(|n| std::future::ready(*n > 2)).boxed() {
            yield Event::data(n.to_string());
        }
        for await n in if more { stream::iter([1]).left_stream() } else { stream::empty().right_stream() } {
            yield Event::data(n.to_string());
        }
        for await n in async { stream::iter([1]) }.await {
            yield Event::data(n.to_string());
        }
        for await n in { let n = 3; stream::iter([n]) } {
            yield Event::data(n.to_string());
        }
    }
}

fn maps() -> EventStream![] {
    EventStream! {
        let map: HashMap<u32, &str> = HashMap::from([(1, "a")]);
        for await (n, text) in stream::iter(&map) {
            yield Event::data(format!("{n}{text}"));
        }
    }
}

fn nested(outer: impl Stream<Item = BoxStream<'static, u32>>) -> EventStream![] {
    EventStream! {
        'outer: for await inner in outer {
            'inner: for await n in inner {
                match n {
                    0 => continue 'outer,
                    1 => continue 'inner,
                    2 => break 'inner,
                    3 => break 'outer,
                    4 => continue,
                    5 => break,
                    6 => return,
                    _ => yield Event::data(n.to_string()),
                }
            }
        }
    }
}

fn as_an_expression(lines: impl Stream<Item = String>, more: bool) -> EventStream![] {
    EventStream! {
        if more {
            for await line in lines {
                yield Event::data(line);
            }
        } else {
            yield Event::data("no more")
        }
    }
}

fn as_a_match_arm(lines: impl Stream<Item = String>, more: bool) -> EventStream![] {
    EventStream! {
        match more {
            true => for await line in lines {
                yield Event::data(line);
            },
            false => {}
        }
    }
}

fn that_always_ends_early(lines: impl Stream<Item = String>) -> EventStream![] {
    EventStream! {
        for await line in lines {
            yield Event::data(line);
            return;
        }
    }
}

fn whose_body_begins_with_an_attribute(lines: impl Stream<Item = String>) -> EventStream![] {
    EventStream! {
        for await line in lines {
            #![allow(unused_variables)]
            let length = line.len();
            yield Event::data(line);
        }
    }
}

fn main() {}
