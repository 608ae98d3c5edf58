//! The statements and expressions of Rust, each with a `yield` in it.
#![forbid(unsafe_code)]
#![deny(warnings, unreachable_code, unused_qualifications)]
#![allow(dead_code)]

use sse_runtime::{Event, EventStream};

fn data(text: &'static str) -> Event {
    Event::data(text)
}

fn loops() -> EventStream![] {
    EventStream! {
        'outer: for n in 0..3 {
            let mut m = 0;
            while m < n {
                m += 1;
                if n == 2 { continue 'outer; }
                yield Event::data(m.to_string());
            }
            let found = loop {
                m += 1;
                yield data("a");
                if m > 5 { break m; }
                if m > 9 { break 'outer }
            };
            yield Event::data(found.to_string());
            while let Some(c) = "ab".chars().nth(m) {
                yield Event::data(c.to_string());
                m += 1;
            }
        }
    }
}

fn let_else(name: Option<&'static str>) -> EventStream![] {
    EventStream! {
        let Some(name) = name else {
            yield data("nobody");
            return;
        };
        yield data(name);
    }
}

fn if_let_chains(name: Option<&'static str>, n: Result<u32, u32>) -> EventStream![] {
    EventStream! {
        if let Some(name) = name && let Ok(n) = n && n > 3 {
            yield Event::data(format!("{name}{n}"));
        } else if let Err(n @ 4..) | Ok(n) = n {
            yield Event::data(n.to_string());
        }
        while let Some(name) = name && name.len() > 3 {
            yield data(name);
            break;
        }
    }
}

fn guards(n: Option<u32>) -> EventStream![] {
    EventStream! {
        match n {
            Some(n) if n > 3 && { yield data("large"); true } => yield Event::data(n.to_string()),
            Some(n @ 0..=2) => { yield Event::data(n.to_string()) }
            Some(_) | None if n.is_none() => (),
            _ => {}
        }
    }
}

fn blocks() -> EventStream![] {
    EventStream! {
        let text = { yield data("a"); "b" };
        yield data(text);
        let text = 'named: {
            if text.len() > 3 { break 'named "c"; }
            yield data("d");
            "e"
        };
        yield data(text);
        const { assert!(1 + 1 == 2) };
        yield data(const { "f" });
        let text = if text == "e" { yield data("g"); "h" } else { "i" };
        yield data(text);
        let () = yield data("j");
        (yield data("k"), yield data("l")).0
    }
}

fn conditions(mut n: u32) -> EventStream![] {
    EventStream! {
        if { yield data("a"); n > 3 } {
            n += { yield data("b"); 1 };
        }
        let all = [{ yield data("c"); n }, n + 1];
        for n in { yield data("d"); all } {
            yield Event::data(n.to_string());
        }
        yield { yield data("e"); data("f") };
        let more = n > 3 && { yield data("g"); true };
        yield Event::data(more.to_string());
    }
}

fn expressions(n: u32, text: Option<&'static str>) -> EventStream![] {
    EventStream! {
        yield if n > 3 { data("a") } else { data("b") };
        yield match n { 0 => data("a"), _ => data("b") };
        yield data(text.unwrap_or_else(|| "c"));
        yield (|| data("d"))();
        yield async { data("e") }.await;
        yield data("g").event("h").id(n.to_string());
        yield text.map_or_else(Event::empty, |text| data(text));
        yield [data("i"), data("j")].into_iter().next().unwrap();
        yield { let event = data("k"); event };
        yield loop { break data("l") };
        yield length(&n);
    }
}

fn length(n: &u32) -> Event {
    Event::data(n.to_string())
}

fn main() {}
