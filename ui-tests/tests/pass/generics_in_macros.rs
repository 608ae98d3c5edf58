//! Angle brackets and bars in a macro's tokens, where each may be an operator as well.
#![deny(warnings)]
#![allow(dead_code)]

use std::marker::PhantomData;

use sse_runtime::{Event, EventStream};

struct Pair<A, B>(PhantomData<(A, B)>);

impl<A, B> Pair<A, B> {
    const LEN: usize = 2;
}

fn event() -> Event {
    Event::data("a")
}

fn load(n: u8) -> Result<u8, String> {
    Ok(n)
}

fn an_or_after_generics(n: Option<u8>, stop: bool) -> EventStream![] {
    EventStream! {
        tokio::select! { () = async {} => {
            if n == None::<u8> || stop { yield event(); }
            if stop || n == None::<u8> || Pair::<u8, u8>::LEN == 2 { yield event(); }
        } }
    }
}

fn an_or_after_generics_beside_a_question_mark(
    n: Option<u8>,
    stop: bool,
) -> EventStream![Result<Event, String>] {
    EventStream! {
        tokio::select! { () = async {} => {
            if n == None::<u8> || stop { load(3)?; }
            yield event();
        } }
    }
}

fn patterns_after_ranges(n: u8) -> EventStream![Result<Event, String>] {
    EventStream! {
        tokio::select! { () = async {} => {
            match n {
                0..=3 | 7 | 200.. | 100 => { load(n)?; }
                | 4 | 5 => yield event(),
                _ => {}
            }
            let (| 0..=9 | 10..) = n;
            if let | 4 | 200.. = load(n)? { yield event() }
            let (100.. | 0..100) = load(n)?;
            if matches!(n, 200.. | 7 | 8) { return; }
        } }
        yield event();
    }
}

fn commas_between_generics(a: usize) -> EventStream![] {
    EventStream! {
        tokio::select! { () = async {} => {
            yield if a < <Pair<u8, u8>>::LEN { event() } else { event() };
        } }
        tokio::select! {
            () = async {} => yield if a < Pair::<u8, u8>::LEN { event() } else { event() },
            () = async {} => yield if a < 1 || a > 2 { event() } else { event() },
            else => {}
        }
    }
}

fn a_closure_with_an_attribute(a: bool) -> EventStream![] {
    EventStream! {
        tokio::select! { () = async {} => {
            let length = Some("a").and_then(
                #[allow(clippy::question_mark)]
                |text: &str| Some(text.chars().next()?.len_utf8()),
            );
            let found: fn(u8) -> Option<u8> = 'found: {
                if a { break 'found |n: u8| Some(load(n).ok()?) }
                |_| None
            };
            yield Event::data(format!("{length:?}{:?}", found(3)));
        } }
    }
}

fn a_function_with_braces_in_its_type() -> EventStream![] {
    EventStream! {
        tokio::select! { () = async {} => {
            struct Bytes<const N: usize>;
            fn bytes(text: &str) -> Result<Bytes<{ 1 + 2 }>, std::num::ParseIntError> {
                text.parse::<u8>()?;
                Ok(Bytes)
            }
            trait Load {
                fn load(&self);
                fn check(&self) -> Option<()> {
                    load(3).ok()?;
                    Some(())
                }
            }
            impl Load for Bytes<3> {
                fn load(&self) {}
            }
            if let Ok(bytes) = bytes("3") {
                bytes.load();
                if bytes.check().is_some() { yield event() }
            }
        } }
    }
}

fn main() {}
