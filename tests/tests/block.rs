//! What a block means.
#![forbid(unsafe_code)]

use futures::{FutureExt as _, Stream, StreamExt as _, stream};
use sse_runtime::{Event, EventStream};
use tokio::select;

fn all<S: Stream>(stream: S) -> Vec<S::Item> {
    stream.collect().now_or_never().expect("the stream never pauses")
}

fn data(text: &'static str) -> Event {
    Event::data(text)
}

fn numbers() -> impl Stream<Item = u8> {
    stream::iter(1..=4)
}

#[test]
fn basics() {
    assert_eq!(all(EventStream! { yield data("a"); yield data("b") }), [data("a"), data("b")]);
    assert_eq!(all(EventStream!({})), []);
    let s = EventStream! {
        'outer: for await n in numbers() {
            for await m in numbers() {
                if m == 2 { continue 'outer; }
                if n == 3 { break 'outer }
                yield Event::data(format!("{n}{m}"));
            }
        }
    };
    assert_eq!(all(s), [data("11"), data("21")]);
}

#[test]
fn in_macros() {
    let s = EventStream! {
        let mut n = 0;
        loop {
            n += 1;
            select! {
                biased;
                _ = async {}, if n < 3 => yield Event::data(n.to_string()),
                () = async {} => { yield data("end"); break; }
            }
        }
    };
    assert_eq!(all(s), [data("1"), data("2"), data("end")]);
}

#[test]
fn fallible() {
    fn f(t: &str) -> EventStream![Result<Event, std::num::ParseIntError>] {
        EventStream! {
            yield data("a");
            let n: u32 = t.parse()?;
            if n == 3 { return }
            yield Event::data(n.to_string());
        }
    }
    assert!(all(f("x"))[1].is_err());
    assert_eq!(all(f("1")), [Ok(data("a")), Ok(data("1"))]);
    assert_eq!(all(f("3")), [Ok(data("a"))]);
    fn g(t: bool) -> EventStream![Result<Event, String>] {
        EventStream! {
            if t { return; }
            yield data("a");
            match t { false => Err("x".into()), true => Ok(()) }
        }
    }
    assert_eq!(all(g(true)), []);
    assert_eq!(all(g(false)), [Ok(data("a")), Err("x".to_owned())]);
    fn h() -> EventStream![Result<Event, String>] {
        EventStream! {
            loop { yield data("a"); if false { Err("x")? } }
        }
    }
    fn k() -> EventStream![] {
        EventStream! {
            loop { yield data("a"); }
        }
    }
    fn todo() -> EventStream![] {
        EventStream! { todo!() }
    }
    fn todo2() -> EventStream![Result<Event, String>] {
        EventStream! { Err("x")?; todo!() }
    }
    fn m() -> EventStream![] {
        EventStream! {
            match 3 { 3 => loop { yield data("a") }, _ => loop {} }
        }
    }
    let _ = (h(), k(), todo(), todo2(), m());
}
#[tokio::test]
async fn never() {
    fn is_send<T: Send>(t: T) -> T {
        t
    }
    let mut s = EventStream! { loop { yield data("x"); } };
    let mut s = std::pin::pin!(s);
    is_send(s.next()).await.unwrap().id("3");
}
