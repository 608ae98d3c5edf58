//! Code that compiles with Rocket's `EventStream` and so has to with this one, and ends that the
//! documentation promises besides.
#![forbid(unsafe_code)]
#![deny(warnings, unreachable_code, unused_qualifications)]
#![allow(dead_code)]

use futures::stream;
use sse_runtime::{Event, EventStream};
use std::num::ParseIntError;
use std::process::exit;
use tokio::sync::broadcast::Receiver;

fn returns_from_a_loop_in_a_loop(mut rx: Receiver<String>) -> EventStream![] {
    EventStream! {
        loop {
            let message = loop {
                match rx.recv().await {
                    Ok(message) => break message,
                    Err(_) => return,
                }
            };
            yield Event::data(message);
        }
    }
}

fn returns_beside_a_labelled_block(mut rx: Receiver<String>) -> EventStream![] {
    EventStream! {
        loop {
            let message = 'message: {
                match rx.recv().await {
                    Ok(message) => break 'message message,
                    Err(_) => return,
                }
            };
            yield Event::data(message);
        }
    }
}

fn returns_beside_a_loop_in_a_closure(stop: bool) -> EventStream![] {
    EventStream! {
        loop {
            let first = || loop {
                break 3;
            };
            if stop {
                return;
            }
            yield Event::data(first());
        }
    }
}

macro_rules! forever {
    ($($body:tt)*) => {
        loop {
            $($body)*
        }
    };
}

fn returns_from_a_macro_that_never_ends(stop: bool) -> EventStream![] {
    EventStream! {
        forever! {
            if stop {
                return;
            }
            yield Event::data("a");
        }
    }
}

fn leave() -> ! {
    exit(1)
}

fn ends_with_a_function_that_never_returns(stop: bool) -> EventStream![] {
    EventStream! {
        if stop {
            return;
        }
        yield Event::data("a");
        leave()
    }
}

fn ends_with_a_pending_future_of_any_name(stop: bool) -> EventStream![] {
    use std::future::pending as forever;
    EventStream! {
        if stop {
            return;
        }
        yield Event::data("a");
        forever().await
    }
}

fn returns_unit_values(n: u32) -> EventStream![] {
    EventStream! {
        match n {
            0 => return drop(n.to_string()),
            1 => return eprintln!("one"),
            2 => return yield Event::data("two"),
            3 => return (),
            _ => yield Event::data("more"),
        }
    }
}

fn returns_unit_values_or_fails(n: u32) -> EventStream![Result<Event, String>] {
    EventStream! {
        match n {
            0 => return drop(n.to_string()),
            1 => return eprintln!("one"),
            2 => return yield Event::data("two"),
            3 => return Err("three".into()),
            4 => return Err("four")?,
            _ => yield Event::data("more"),
        }
    }
}

macro_rules! bail {
    ($text:literal) => {
        return Err(<String as From<_>>::from($text))
    };
}

macro_rules! ensure {
    ($condition:expr, $text:literal) => {
        if !$condition {
            bail!($text);
        }
    };
}

macro_rules! stop_if {
    ($condition:expr) => {
        if $condition {
            return;
        }
    };
}

fn returns_in_a_macro(n: u32) -> EventStream![] {
    EventStream! {
        loop {
            stop_if!(n > 3);
            yield Event::data(n);
        }
    }
}

fn fails_in_a_macro_alone(n: u32) -> EventStream![Result<Event, String>] {
    EventStream! {
        loop {
            ensure!(n < 3, "too many");
            yield Event::data(n);
        }
    }
}

fn fails_in_a_macro_and_returns(n: u32) -> EventStream![Result<Event, String>] {
    EventStream! {
        ensure!(n < 3, "too many");
        if n == 2 {
            return;
        }
        tokio::select! {
            () = async {} => return,
            () = async {} => bail!("no"),
        }
    }
}

fn fails_in_a_macro_and_beside_it(text: &str) -> EventStream![Result<Event, String>] {
    EventStream! {
        let n: u32 = text.parse().map_err(|error: ParseIntError| error.to_string())?;
        ensure!(n < 3, "too many");
        yield Event::data(n);
        bail!("the end");
    }
}

macro_rules! attempt {
    ($($body:tt)*) => {
        (|| { $($body)* })()
    };
}

macro_rules! later {
    ($($body:tt)*) => {
        async { $($body)* }
    };
}

macro_rules! grammar {
    ($name:ident?) => {
        stringify!($name)
    };
    (return $n:literal) => {
        $n
    };
}

fn carries_a_question_mark_off(text: &str) -> EventStream![] {
    EventStream! {
        let n: Result<u32, ParseIntError> = attempt! {
            let n = text.parse::<u32>()?;
            if n > 3 {
                return Ok(3);
            }
            Ok(n)
        };
        let m: Option<u32> = later!(Some(n.ok()? + 1)).await;
        yield Event::data(format!("{m:?}"));
    }
}

fn carries_a_return_off(n: u32) -> EventStream![] {
    EventStream! {
        let m: u32 = attempt!(if n > 3 { return 3; } n);
        attempt!(if m > 3 { return; });
        later!(if m > 3 { return; }).await;
        yield Event::data(m);
    }
}

fn gives_other_meanings() -> EventStream![] {
    EventStream! {
        yield Event::data(grammar!(name?));
        yield Event::data(grammar!(return 3));
    }
}

fn of_a_stream() -> EventStream![] {
    EventStream::from(EventStream! { yield Event::data("a") }).heartbeat(None)
}

fn into_a_stream() -> EventStream![] {
    EventStream! { yield Event::data("a") }.into()
}

fn into_a_stream_with_settings() -> EventStream![] {
    let events: EventStream<_> = EventStream! { yield Event::data("a") }.into();
    events.heartbeat(None)
}

fn of_a_stream_that_never_yields() -> EventStream![] {
    EventStream::from(stream::pending()).heartbeat(None)
}

fn main() {}
