//! What a block means.
#![allow(
    clippy::match_bool,
    clippy::needless_question_mark,
    clippy::never_loop,
    clippy::no_effect_underscore_binding,
    clippy::redundant_closure_call,
    clippy::unnecessary_wraps,
    reason = "odd shapes are what is tested here"
)]

use std::num::ParseIntError;

use futures::stream::FusedStream as _;
use futures::{FutureExt as _, Stream, StreamExt as _, stream};
use sse_runtime::{Event, EventStream};
use tests::bytes::items;
use tests::deadline::in_time;
use tokio::select;

fn data(text: &'static str) -> Event {
    Event::data(text)
}

fn number(n: u32) -> Event {
    Event::data(n.to_string())
}

fn numbers() -> impl Stream<Item = u32> {
    stream::iter(1..=4)
}

#[test]
fn a_block_yields_its_events_in_order() {
    let stream = EventStream! {
        yield data("a");
        for n in 1..3 { yield number(n) }
        if true { yield data("b") } else { yield data("c") }
        match 1 { 1 => yield data("d"), _ => {} }
        let () = yield data("e");
        yield data("f")
    };
    assert_eq!(items(stream), ["a", "1", "2", "b", "d", "e", "f"].map(data));
}

#[test]
fn a_block_without_yields_is_an_empty_stream() {
    assert_eq!(items(EventStream!({})), []);
    assert_eq!(items(EventStream! { let _nothing = (); }), []);
}

#[test]
fn a_block_in_braces_is_the_same_block() {
    assert_eq!(items(EventStream!({ yield data("a") })), [data("a")]);
}

#[test]
fn for_await_runs_over_a_stream_with_labels_break_and_continue() {
    let stream = EventStream! {
        'rows: for await row in numbers() {
            for await column in numbers() {
                if column == 2 { continue 'rows; }
                if row == 3 { break 'rows; }
                yield number(10 * row + column);
            }
        }
        for await n in numbers() {
            if n == 2 { continue }
            if n == 4 { break }
            yield number(n);
        }
    };
    assert_eq!(items(stream), ["11", "21", "1", "3"].map(data));
}

#[test]
fn for_await_takes_patterns_and_borrowed_or_unpinned_streams() {
    let mut pairs = stream::iter([(1, "a"), (2, "b")]);
    let stream = EventStream! {
        for await (n, name @ &_) in &mut pairs {
            yield data(name).id(n.to_string());
        }
        for await event in EventStream! { yield data("inner") } {
            yield event;
        }
    };
    let expected = [data("a").id("1"), data("b").id("2"), data("inner")];
    assert_eq!(items(stream), expected);
}

#[test]
fn a_yield_stands_in_the_arms_of_select() {
    let stream = EventStream! {
        let mut n = 0;
        loop {
            n += 1;
            select! {
                biased;
                () = async {}, if n < 3 => yield number(n),
                () = async {} => {
                    yield data("end");
                    break;
                }
            }
        }
    };
    assert_eq!(items(stream), ["1", "2", "end"].map(data));
}

#[test]
fn macros_keep_what_they_do_with_other_tokens() {
    macro_rules! twice {
        ($($tokens:tt)*) => { $($tokens)*; $($tokens)*; };
    }
    let stream = EventStream! {
        twice! { yield Event::data(Vec::<u8>::new().len().to_string()).id("a,b") }
        let texts = vec![{ yield data("in vec"); 1 }, 2];
        assert!(matches!(texts.as_slice(), [1 | 3, 2]), "closures {:?}", (|| texts.len())());
        let parsed = format!("{:?}", ["1", "x"].map(|n| Ok::<u8, ParseIntError>(n.parse::<u8>()?)));
        twice! { for await n in numbers() { if n > 1 { break } yield number(n); } }
        yield Event::data(parsed.len().to_string());
    };
    let id = |text| data(text).id("a,b");
    assert_eq!(items(stream), [id("0"), id("0"), data("in vec"), data("1"), data("1"), data("50")]);
}

#[test]
fn macros_nest_under_any_name() {
    use sse_runtime::EventStream as Sse;
    let stream = EventStream! {
        let inner = Sse! {
            yield data("a");
            let innermost = EventStream!({ yield data("b") });
            for await event in innermost { yield event }
        };
        for await event in inner { yield event.event("outer") }
    };
    assert_eq!(items(stream), ["a", "b"].map(|text| data(text).event("outer")));
}

#[test]
fn closures_async_blocks_and_functions_keep_their_own_try_and_return() {
    let stream = EventStream! {
        fn parse(text: &str) -> Result<u32, ParseIntError> {
            if text.is_empty() { return Ok(0); }
            text.parse()
        }
        let sum = |a: &str, b: &str| -> Result<u32, ParseIntError> {
            if a == b { return Ok(0); }
            Ok(parse(a)? + parse(b)?)
        };
        let later = async { Ok::<_, ParseIntError>(parse("")? + 1) };
        yield number(sum("1", "2").unwrap());
        yield number(later.await.unwrap());
    };
    assert_eq!(items(stream), ["3", "1"].map(data));
}

fn parsed(texts: &'static [&'static str]) -> EventStream![Result<Event, ParseIntError>] {
    EventStream! {
        for text in texts {
            if text.is_empty() { return }
            let n: u32 = text.parse()?;
            yield number(n);
        }
    }
}

#[test]
fn the_error_of_a_question_mark_is_the_last_item() {
    let error = "x".parse::<u32>().unwrap_err();
    assert_eq!(items(parsed(&["1", "x", "2"])), [Ok(number(1)), Err(error)]);
    assert_eq!(items(parsed(&["1", "", "x"])), [Ok(number(1))]);
    assert_eq!(items(parsed(&["1"])), [Ok(number(1))]);
}

#[test]
fn a_returned_value_or_a_result_at_the_end_makes_a_block_fallible() {
    fn returns(fail: bool) -> EventStream![Result<Event, String>] {
        EventStream! {
            yield data("a");
            if fail { return Err("failed".to_owned()); }
            yield data("b");
        }
    }
    fn ends(fail: bool) -> EventStream![Result<Event, String>] {
        EventStream! {
            if fail { return }
            yield data("a");
            Err("failed".to_owned())
        }
    }
    fn branches(fail: bool) -> EventStream![Result<Event, String>] {
        EventStream! {
            yield data("a");
            match fail {
                true => Err("failed".to_owned()),
                false => Ok(()),
            }
        }
    }
    let failed = || Err("failed".to_owned());
    assert_eq!(items(returns(true)), [Ok(data("a")), failed()]);
    assert_eq!(items(returns(false)), [Ok(data("a")), Ok(data("b"))]);
    assert_eq!(items(ends(false)), [Ok(data("a")), failed()]);
    assert_eq!(items(ends(true)), []);
    assert_eq!(items(branches(true)), [Ok(data("a")), failed()]);
    assert_eq!(items(branches(false)), [Ok(data("a"))]);
}

#[test]
fn a_fallible_block_may_end_with_any_statement() {
    type Fallible = Result<(), String>;
    fn ok() -> Fallible {
        Ok(())
    }
    fn with_if() -> EventStream![Result<Event, String>] {
        EventStream! { ok()?; if true { yield data("a") } }
    }
    fn with_match() -> EventStream![Result<Event, String>] {
        EventStream! { ok()?; match 1 { 1 => yield data("a"), _ => panic!() } }
    }
    fn with_loop() -> EventStream![Result<Event, String>] {
        EventStream! { ok()?; loop { yield data("a"); break } }
    }
    fn with_result_of_a_loop() -> EventStream![Result<Event, String>] {
        EventStream! { ok()?; loop { yield data("a"); break ok() } }
    }
    fn with_macro() -> EventStream![Result<Event, String>] {
        EventStream! { ok()?; select! { () = async {} => yield data("a") } }
    }
    fn with_for_await() -> EventStream![Result<Event, String>] {
        EventStream! { ok()?; for await _ in stream::iter([1]) { yield data("a") } }
    }
    fn with_try_in_a_macro() -> EventStream![Result<Event, String>] {
        EventStream! { assert_eq!(ok()?, ()); yield data("a") }
    }
    let expected = [Ok(data("a"))];
    assert_eq!(items(with_if()), expected);
    assert_eq!(items(with_match()), expected);
    assert_eq!(items(with_loop()), expected);
    assert_eq!(items(with_result_of_a_loop()), expected);
    assert_eq!(items(with_macro()), expected);
    assert_eq!(items(with_for_await()), expected);
    assert_eq!(items(with_try_in_a_macro()), expected);
}

#[test]
fn a_yielded_value_is_inferred_to_be_an_event() {
    struct Tick(u32);
    impl From<Tick> for Event {
        fn from(tick: Tick) -> Self {
            number(tick.0)
        }
    }
    assert_eq!(items(EventStream! { yield Tick(3).into() }), [number(3)]);
}

#[test]
fn a_block_borrows_and_moves_as_an_async_move_block_does() {
    fn names(names: &[String]) -> EventStream![] {
        EventStream! { for name in names { yield Event::data(name.clone()) } }
    }
    let list = vec!["a".to_owned(), "b".to_owned()];
    let moved = EventStream! { let list = list; for await event in names(&list) { yield event } };
    assert_eq!(items(moved), ["a", "b"].map(data));
}

#[test]
fn nothing_runs_before_the_first_poll() {
    let stream = EventStream! { panic!("polled"); };
    drop(stream);
}

#[test]
fn an_ended_stream_stays_ended_and_has_dropped_what_it_held() {
    let held = std::sync::Arc::new(());
    let holds = held.clone();
    let mut stream = Box::pin(EventStream! { let _holds = holds; yield data("a") });
    assert!(!stream.is_terminated());
    assert_eq!(format!("{stream:?}"), "EventStream { ended: false, .. }");
    assert_eq!(stream.next().now_or_never(), Some(Some(data("a"))));
    assert_eq!(std::sync::Arc::strong_count(&held), 2);
    for _ in 0..3 {
        assert_eq!(stream.next().now_or_never(), Some(None));
        assert!(stream.is_terminated());
        assert_eq!(format!("{stream:?}"), "EventStream { ended: true, .. }");
    }
    assert_eq!(std::sync::Arc::strong_count(&held), 1);
}

#[tokio::test]
async fn a_block_that_never_ends_has_events_of_a_known_type() {
    let mut stream = Box::pin(EventStream! { loop { yield data("a"); } });
    let event = in_time(stream.next()).await.unwrap();
    assert_eq!(event.id("1"), data("a").id("1"));
}

#[tokio::test]
async fn a_waiting_block_goes_on_where_it_was() {
    let (send, mut receive) = tokio::sync::mpsc::channel(1);
    let mut stream = Box::pin(EventStream! {
        while let Some(n) = receive.recv().await { yield number(n) }
    });
    for n in 0..3 {
        assert_eq!(stream.next().now_or_never(), None);
        send.send(n).await.unwrap();
        assert_eq!(in_time(stream.next()).await, Some(number(n)));
    }
    drop(send);
    assert_eq!(in_time(stream.next()).await, None);
}

#[test]
fn a_failure_becomes_a_last_event() {
    let stream = parsed(&["1", "x", "2"]).on_error(|error| Event::data(error.to_string()));
    assert_eq!(items(stream), [number(1), data("invalid digit found in string")]);
    assert_eq!(items(parsed(&["1"]).on_error(|_| Event::empty())), [number(1)]);
}
