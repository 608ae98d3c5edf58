//! Code that the compiler removes doesn't decide whether a block can fail.
#![deny(warnings)]
#![allow(dead_code)]

use futures::StreamExt as _;
use sse_runtime::{Event, EventStream};

struct Row {
    n: u8,
}

fn load() -> Result<u8, String> {
    Ok(3)
}

/// `any()` is never met, `all()` always.
fn statements() -> EventStream![] {
    EventStream! {
        #[cfg(any())]
        let n = load()?;
        #[cfg(not(any()))]
        let n = 3;
        yield Event::data(n);
        #[cfg(any())]
        {
            yield Event::data(load()?);
        }
        #[cfg(any())]
        if n > 3 {
            return Err("no".to_owned());
        }
        #[cfg(any())]
        #[allow(unused)]
        for await n in numbers()? {
            yield Event::data(n);
        }
        #[cfg(any())]
        #[cfg(all())]
        assert!(load()? > 3);
    }
}

fn parts_of_expressions(n: u8) -> EventStream![] {
    EventStream! {
        let row = Row {
            #[cfg(any())]
            n: load()?,
            #[cfg(not(any()))]
            n,
        };
        let numbers = [
            row.n,
            #[cfg(any())]
            load()?,
        ];
        match numbers.len() {
            #[cfg(any())]
            3 => yield Event::data(load()?),
            #[cfg(any())]
            n if load()? > 3 => {}
            _ => yield Event::data("a"),
        }
        #[cfg(any())]
        load()?
    }
}

fn is_met() -> EventStream![Result<Event, String>] {
    EventStream! {
        #[cfg(all())]
        let n = load()?;
        yield Event::data(n);
    }
}

fn is_not_met_beside_another() -> EventStream![Result<Event, String>] {
    EventStream! {
        #[cfg(any())]
        load()?;
        let n = load()?;
        #[cfg(any())]
        load()?;
        yield Event::data(n);
    }
}

fn is_not_met_beside_one_in_a_macro(n: u8) -> EventStream![Result<Event, String>] {
    EventStream! {
        #[cfg(any())]
        load()?;
        assert!(n < load()?);
        yield Event::data(n);
    }
}

fn select() -> EventStream![] {
    EventStream! {
        #[cfg(any())]
        tokio::select! { () = async {} => yield Event::data(load()?) }
        tokio::select! { () = async {} => {
            #[cfg(any())]
            load()?;
            #[cfg(any())]
            return Err("no".to_owned());
        } }
    }
}

fn misplaced() -> EventStream![] {
    EventStream! {
        #[cfg(any())]
        let later = || yield Event::data("a");
        yield Event::data("a");
    }
}

async fn is_told_by_the_block_alone() -> Option<Event> {
    let stream = EventStream! {
        #[cfg(any())]
        load()?;
        #[cfg(any())]
        assert!(load()? > 3);
        yield Event::data("a");
    };
    let mut stream = std::pin::pin!(stream);
    stream.next().await
}

fn main() {}
