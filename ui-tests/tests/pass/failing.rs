//! `?`, and what is inferred from it.
#![forbid(unsafe_code)]
#![deny(warnings, unreachable_code, unused_qualifications)]
#![allow(dead_code)]

use sse_runtime::{Event, EventStream};
use std::error::Error;
use std::num::{ParseFloatError, ParseIntError};

#[derive(Debug)]
enum Failure {
    Int(ParseIntError),
    Float(ParseFloatError),
}

impl From<ParseIntError> for Failure {
    fn from(error: ParseIntError) -> Self {
        Self::Int(error)
    }
}

impl From<ParseFloatError> for Failure {
    fn from(error: ParseFloatError) -> Self {
        Self::Float(error)
    }
}

fn converting(text: &str) -> EventStream![Result<Event, Failure>] {
    EventStream! {
        let n: u32 = text.parse()?;
        let m: f64 = text.parse()?;
        yield Event::data(format!("{n}{m}"));
    }
}

fn boxing(text: &str) -> EventStream![Result<Event, Box<dyn Error + Send + Sync>>] {
    EventStream! {
        if text.is_empty() {
            return Err("empty".into());
        }
        if text == "x" {
            Err("an x")?;
        }
        yield Event::data(text.parse::<u32>()?.to_string());
    }
}

fn in_a_yield(text: &str) -> EventStream![Result<Event, ParseIntError>] {
    EventStream! {
        yield Event::data(text.parse::<u32>()?.to_string());
    }
}

fn in_a_yielded_into(text: &str) -> EventStream![Result<Event, Box<dyn Error + Send + Sync>>] {
    EventStream! {
        yield Event::try_json(&text)?;
        yield event(text)?.into();
    }
}

struct Text(String);

impl From<Text> for Event {
    fn from(text: Text) -> Self {
        Self::data(text.0)
    }
}

fn event(text: &str) -> Result<Text, ParseIntError> {
    Ok(Text(text.to_owned()))
}

fn in_a_loop(texts: Vec<&str>) -> EventStream![Result<Event, ParseIntError>] {
    EventStream! {
        for text in texts {
            let n = match text.parse::<u32>() {
                Ok(0) => return,
                Ok(1) => return Ok(()),
                Ok(n) => n,
                Err(error) => return Err(error),
            };
            yield Event::data(n.to_string());
        }
    }
}

fn only_by_return(ok: bool) -> EventStream![Result<Event, String>] {
    EventStream! {
        yield Event::data("a");
        if !ok {
            return Err("not ok".into());
        }
        yield Event::data("b");
    }
}

fn only_by_return_in_a_macro(ok: bool) -> EventStream![Result<Event, String>] {
    EventStream! {
        yield Event::data("a");
        tokio::select! {
            () = async {} => if !ok { return Err("not ok".into()) },
        }
    }
}

fn only_by_the_end(ok: bool) -> EventStream![Result<Event, String>] {
    EventStream! {
        yield Event::data("a");
        if !ok {
            return;
        }
        Err("the end".into())
    }
}

type BoxError = Box<dyn Error + Send + Sync>;

fn coerced_at_the_end(first: Option<BoxError>) -> EventStream![Result<Event, BoxError>] {
    EventStream! {
        if let Some(error) = first {
            return Err(error);
        }
        yield Event::data("a");
        Err(Box::new(std::fmt::Error))
    }
}

fn turned_into_an_event(text: &str) -> EventStream![] {
    EventStream! {
        yield Event::data(text.parse::<u32>()?.to_string());
    }
    .on_error(|error: ParseIntError| Event::data(error.to_string()))
}

fn of_a_stream(
    lines: impl futures::Stream<Item = Result<String, std::io::Error>>,
) -> EventStream![Result<Event, std::io::Error>] {
    EventStream! {
        for await line in lines {
            let line = line?;
            if line.is_empty() {
                continue;
            }
            yield Event::data(line);
        }
    }
}

fn chained(text: &str) -> EventStream![Result<Event, Failure>] {
    EventStream! {
        for await event in converting(text) {
            yield event?;
        }
    }
}

fn coercing(n: u8) -> EventStream![Result<Event, Box<dyn Error + Send + Sync>>] {
    EventStream! {
        if n == 0 {
            let error: Box<dyn Error + Send + Sync> = "zero".into();
            return Err(error);
        }
        if n == 1 {
            return Err(Box::new(std::fmt::Error));
        }
        yield Event::data(n);
    }
}

fn main() {}
