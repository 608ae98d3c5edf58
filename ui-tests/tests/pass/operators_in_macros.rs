#![deny(warnings)]
#![allow(dead_code)]

use futures::{Stream, stream};
use sse_runtime::{Event, EventStream};

fn check() -> Result<bool, String> {
    Ok(true)
}

fn infallible(a: bool, b: bool) -> EventStream![] {
    EventStream! {
        tokio::select! { () = async {} => {
            if a || b { yield Event::data("1"); }
            if b || a { yield Event::data("2"); }
            while false || a { yield Event::data("3") }
            let n = 1 | 2;
            if n | 4 == 5 || true { yield Event::data("4") }
        } }
    }
}

fn fallible(a: bool, b: bool) -> EventStream![Result<Event, String>] {
    EventStream! {
        assert!(a || check()? || b);
        yield Event::data("a");
    }
}

fn fallible_in_a_handler(a: bool, b: bool) -> EventStream![Result<Event, String>] {
    EventStream! {
        tokio::select! { () = async {} => {
            if a || b { check()?; }
            if b || a { return Err("a".into()); }
            yield Event::data("a");
        } }
    }
}

fn either(items: impl Stream<Item = Result<u8, u8>>) -> EventStream![] {
    EventStream! {
        for await Ok(n) | Err(n) in items { yield Event::data(n.to_string()) }
        for await (1 | _) in stream::iter([1]) {}
    }
}

async fn run() -> ! {
    std::process::exit(1)
}

fn never_returns() -> EventStream![] {
    EventStream! { yield Event::data("a"); run().await }
}

fn never_returns_or_fails() -> EventStream![Result<Event, String>] {
    EventStream! { check()?; yield Event::data("a"); run().await }
}

fn main() {}
