//! The macro means the real `core`, `std`, `Ok` and so on, even where a user's own shadow them.
#![no_implicit_prelude]
#![forbid(unsafe_code)]
#![deny(warnings, unreachable_code, unused_qualifications)]
#![allow(dead_code)]

mod core {}
mod std {}
mod alloc {}
mod sse_runtime {}
mod futures_core {}
mod __private {}

struct Some;
struct None;
struct Ok;
struct Err;
struct Option;
struct Result;
struct Box;
struct Pin;
struct String;
struct Stream;
struct Future;
struct Event;
trait Send {}
trait From {}
trait Into {}
trait Drop {}

macro_rules! pin {
    () => {};
}
macro_rules! event_stream {
    () => {};
}

fn text(good: bool) -> ::std::result::Result<&'static str, ::std::fmt::Error> {
    if good { ::std::result::Result::Ok("a") } else { ::std::result::Result::Err(::std::fmt::Error) }
}

fn one() -> ::sse_runtime::EventStream![] {
    macro_rules! of {
        ($($tokens:tt)*) => {
            $($tokens)*
        };
    }
    ::sse_runtime::EventStream! {
        yield ::sse_runtime::Event::data("a");
        for await event in two() {
            yield event;
        }
        if true {
            return;
        }
        of! {
            yield ::sse_runtime::Event::data("b");
            for await event in two() {
                yield event;
            }
        }
    }
}

fn two() -> ::sse_runtime::EventStream![::sse_runtime::Event + ::std::marker::Send] {
    ::sse_runtime::EventStream! {
        loop {
            yield ::sse_runtime::Event::empty();
        }
    }
}

fn three() -> ::sse_runtime::EventStream![
    ::std::result::Result<::sse_runtime::Event, ::std::fmt::Error>
] {
    ::sse_runtime::EventStream! {
        yield ::sse_runtime::Event::data(text(true)?);
        if false {
            return ::std::result::Result::Err(::std::fmt::Error);
        }
        match text(false)? {
            "a" => {}
            _ => return,
        }
    }
}

fn main() {
    let _ = (one(), three());
    pin!();
    event_stream!();
}
