//! Every end that a block may have.
#![forbid(unsafe_code)]
#![deny(warnings, unreachable_code, unused_qualifications)]
#![allow(dead_code)]

use sse_runtime::{Event, EventStream};
use std::num::ParseIntError;

macro_rules! stop {
    () => {
        return
    };
}

macro_rules! unit {
    () => {
        ()
    };
}

macro_rules! statements {
    ($name:ident) => {
        let $name = vec!["a"];
        drop($name);
    };
}

fn panics() -> EventStream![] {
    EventStream! { panic!("no more") }
}

fn panics_with_a_semicolon() -> EventStream![] {
    EventStream! {
        yield Event::data("a");
        panic!("no more");
    }
}

fn panics_by_path() -> EventStream![] {
    EventStream! {
        yield Event::data("a");
        std::panic!("no more")
    }
}

fn is_to_do() -> EventStream![] {
    EventStream! { todo!() }
}

fn is_unreachable(text: &str) -> EventStream![Result<Event, ParseIntError>] {
    EventStream! {
        let n: u32 = text.parse()?;
        yield Event::data(n.to_string());
        unreachable!("{n}")
    }
}

fn returns() -> EventStream![] {
    EventStream! {
        yield Event::data("a");
        return
    }
}

fn returns_with_a_semicolon() -> EventStream![] {
    EventStream! {
        yield Event::data("a");
        return;
    }
}

fn returns_an_error() -> EventStream![Result<Event, String>] {
    EventStream! {
        yield Event::data("a");
        return Err("no more".to_owned());
    }
}

fn returns_an_error_without_semicolon() -> EventStream![Result<Event, String>] {
    EventStream! {
        yield Event::data("a");
        return Err("no more".into())
    }
}

fn ends_with_a_result(ok: bool) -> EventStream![Result<Event, String>] {
    EventStream! {
        yield Event::data("a");
        if ok { Ok(()) } else { Err("no more".to_owned()) }
    }
}

fn ends_with_a_call() -> EventStream![Result<Event, String>] {
    fn end() -> Result<(), String> {
        Ok(())
    }
    EventStream! {
        yield Event::data("a");
        end()
    }
}

fn ends_with_a_call_after_a_question_mark(
    text: &str,
) -> EventStream![Result<Event, ParseIntError>] {
    EventStream! {
        yield Event::data(text.parse::<u32>()?.to_string());
        text.parse().map(|_: u32| ())
    }
}

fn ends_with_a_unit_call() -> EventStream![] {
    EventStream! {
        yield Event::data("a");
        drop(vec!["b"])
    }
}

fn ends_with_a_unit_call_after_a_question_mark(
    text: &str,
) -> EventStream![Result<Event, ParseIntError>] {
    EventStream! {
        yield Event::data(text.parse::<u32>()?.to_string());
        drop(vec!["b"])
    }
}

fn ends_with_an_assignment() -> EventStream![] {
    EventStream! {
        let mut n = 1;
        yield Event::data(n.to_string());
        while n < 4 {
            n += 1
        }
    }
}

fn ends_with_a_yield() -> EventStream![] {
    EventStream! { yield Event::data("a") }
}

fn ends_with_a_yield_after_a_question_mark(
    text: &str,
) -> EventStream![Result<Event, ParseIntError>] {
    EventStream! { yield Event::data(text.parse::<u32>()?.to_string()) }
}

fn ends_with_a_yield_in_a_match(n: u32) -> EventStream![] {
    EventStream! {
        match n {
            0 => yield Event::data("a"),
            1 => panic!("b"),
            2 => return,
            3 => todo!(),
            _ => yield Event::data("c"),
        }
    }
}

fn ends_with_a_match_that_diverges(n: u32) -> EventStream![] {
    EventStream! {
        yield Event::data("a");
        match n {
            0 => return,
            1 => panic!("b"),
            _ => todo!(),
        }
    }
}

fn ends_with_a_match_that_diverges_and_can_fail(
    text: &str,
) -> EventStream![Result<Event, ParseIntError>] {
    EventStream! {
        yield Event::data("a");
        match text.parse::<u32>()? {
            0 => return,
            1 => panic!("b"),
            2 => return Ok(()),
            _ => todo!(),
        }
    }
}

fn ends_with_an_if_let(text: Option<&'static str>) -> EventStream![] {
    EventStream! {
        if let Some(text) = text {
            yield Event::data(text)
        } else {
            return
        }
    }
}

fn ends_with_a_loop_that_breaks(mut n: u32) -> EventStream![] {
    EventStream! {
        loop {
            n += 1;
            if n > 3 {
                break;
            }
            yield Event::data(n.to_string());
        }
    }
}

fn ends_with_a_loop_that_breaks_with_a_value(mut n: u32) -> EventStream![Result<Event, String>] {
    EventStream! {
        loop {
            n += 1;
            if n > 3 {
                break Err("enough".to_owned());
            }
            yield Event::data(n.to_string());
        }
    }
}

fn ends_with_a_labelled_block(n: u32) -> EventStream![Result<Event, String>] {
    EventStream! {
        yield Event::data(n.to_string());
        'end: {
            if n > 3 {
                break 'end Err("enough".to_owned());
            }
            Ok(())
        }
    }
}

fn ends_with_a_user_macro_that_returns() -> EventStream![] {
    EventStream! {
        yield Event::data("a");
        stop!()
    }
}

fn ends_with_a_user_macro_that_returns_and_a_semicolon() -> EventStream![] {
    EventStream! {
        yield Event::data("a");
        stop!();
    }
}

fn ends_with_a_user_macro_that_is_unit() -> EventStream![] {
    EventStream! {
        yield Event::data("a");
        unit!()
    }
}

fn ends_with_a_user_macro_of_statements() -> EventStream![] {
    EventStream! {
        yield Event::data("a");
        statements! { text }
    }
}

fn ends_with_select(n: u32) -> EventStream![] {
    EventStream! {
        tokio::select! {
            () = async {} => yield Event::data(n.to_string()),
            else => return,
        }
    }
}

fn ends_with_select_and_results(n: u32) -> EventStream![Result<Event, String>] {
    EventStream! {
        yield Event::data(n.to_string());
        tokio::select! {
            () = async {} => Ok(()),
            () = async {} => Err("no more".to_owned()),
        }
    }
}

fn ends_with_an_item() -> EventStream![] {
    EventStream! {
        yield text();
        fn text() -> Event {
            Event::data("a")
        }
    }
}

fn has_no_yield() -> EventStream![] {
    EventStream! { println!("nothing to say"); }
}

fn has_no_statements() -> EventStream![] {
    EventStream!({})
}

fn in_brackets() -> EventStream![] {
    EventStream![yield Event::data("a"); yield Event::data("b")]
}

fn main() {}
