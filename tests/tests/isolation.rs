//! An event never reaches another stream, whatever happens.

use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};

use futures::{FutureExt as _, Stream, StreamExt as _, stream};
use http_body_util::BodyExt as _;
use sse_runtime::block::expansion::send;
use sse_runtime::{Event, EventStream};
use tests::bytes::{body, chunks, items};
use tests::deadline::{at_once, in_time};

fn data(text: &'static str) -> Event {
    Event::data(text)
}

/// Streams polled from here on, on this thread, see their own events alone.
fn the_thread_is_clean() {
    assert_eq!(items(EventStream! { yield data("own") }), [data("own")]);
    assert_eq!(items(EventStream!({})), []);
    let mut waiting = Box::pin(EventStream! { pending::<()>().await });
    assert_eq!(waiting.next().now_or_never(), None);
    assert_eq!(chunks(EventStream! { yield data("own") }), [b"data: own\n\n"]);
}

fn panics(stream: impl Stream) -> bool {
    catch_unwind(AssertUnwindSafe(|| items(stream).len())).is_err()
}

struct PanicsOnDrop;

impl Drop for PanicsOnDrop {
    fn drop(&mut self) {
        panic!("dropped");
    }
}

fn event_of(_: &PanicsOnDrop) -> Event {
    data("secret")
}

#[test]
fn after_a_temporary_panicked_on_drop_in_a_yield() {
    assert!(panics(EventStream! { yield event_of(&PanicsOnDrop) }));
    the_thread_is_clean();
}

#[test]
fn after_a_temporary_panicked_on_drop_in_a_yield_within_a_macro() {
    macro_rules! pass { ($($tokens:tt)*) => { $($tokens)* } }
    assert!(panics(EventStream! { pass! { yield event_of(&PanicsOnDrop) } }));
    the_thread_is_clean();
}

#[test]
fn after_a_panic_in_the_midst_of_a_block() {
    assert!(panics(EventStream! {
        yield data("a");
        yield "x".parse::<u8>().map(|_| data("b")).unwrap();
    }));
    the_thread_is_clean();
}

#[test]
fn after_a_half_polled_stream_was_dropped() {
    let mut stream = Box::pin(EventStream! {
        let _on_drop = scopeguard(the_thread_is_clean);
        yield data("secret");
        yield data("secret");
    });
    assert_eq!(stream.next().now_or_never(), Some(Some(data("secret"))));
    drop(stream);
    the_thread_is_clean();
}

#[test]
fn when_streams_are_polled_within_streams() {
    let stream = EventStream! {
        let mut inner = Box::pin(EventStream! { yield data("inner 1"); yield data("inner 2") });
        yield data("outer 1");
        let first = inner.next().await.unwrap();
        yield data("outer 2");
        yield first;
        yield inner.next().now_or_never().flatten().unwrap();
    };
    let expected = ["outer 1", "outer 2", "inner 1", "inner 2"].map(data);
    assert_eq!(items(stream), expected);
}

#[test]
fn when_an_event_is_made_by_polling_another_stream() {
    fn first(stream: impl Stream<Item = Event>) -> Event {
        items(stream).remove(0)
    }
    let stream = EventStream! {
        yield first(EventStream! { yield data("inner"); yield data("lost") });
        yield data("outer");
    };
    assert_eq!(items(stream), ["inner", "outer"].map(data));
}

#[test]
fn when_a_block_polls_what_it_yields_from_in_a_select() {
    let stream = EventStream! {
        let mut inner = Box::pin(EventStream! { loop { yield data("inner") } });
        for _ in 0..2 {
            tokio::select! {
                biased;
                Some(event) = inner.next() => { yield event; yield data("outer") }
            }
        }
    };
    assert_eq!(items(stream), ["inner", "outer", "inner", "outer"].map(data));
}

#[test]
fn an_event_outside_of_a_block_or_behind_another_is_refused() {
    assert!(catch_unwind(|| send(data("secret"))).is_err());
    the_thread_is_clean();
    assert!(panics(EventStream! {
        let _not_awaited = send(data("secret"));
        yield data("secret");
    }));
    the_thread_is_clean();
}

#[test]
fn when_a_body_is_polled_within_a_block_of_a_body() {
    let stream = EventStream! {
        yield data("outer 1");
        let inner = EventStream! { yield data("inner 1"); yield data("inner 2") };
        let mut inner = Box::pin(inner.into_bytes());
        yield data("outer 2");
        let bytes = inner.next().await.unwrap().unwrap();
        yield data(if bytes == "data: inner 1\n\ndata: inner 2\n\n" { "right" } else { "wrong" });
        let single = EventStream! { yield data("inner 3") };
        for await event in single { yield event; }
        yield data("outer 3");
    };
    let expected = ["outer 1", "outer 2", "right", "inner 3", "outer 3"].map(data);
    assert_eq!(chunks(stream).concat(), body(expected));
}

#[test]
fn when_a_block_of_a_body_survives_the_panic_of_another() {
    let stream = EventStream! {
        yield data("outer 1");
        let failing = EventStream! { yield data("secret"); panic!("in the inner block") };
        let inner_panics = catch_unwind(AssertUnwindSafe(|| chunks(failing))).is_err();
        yield data(if inner_panics { "outer 2" } else { "wrong" });
        assert!(panics(EventStream! { yield data("secret"); panic!("in the inner block") }));
        yield data("outer 3");
    };
    assert_eq!(chunks(stream).concat(), body(["outer 1", "outer 2", "outer 3"].map(data)));
    the_thread_is_clean();
}

#[test]
fn when_what_another_body_panics_with_panics_itself() {
    let stream = EventStream! {
        yield data("outer 1");
        let failing = EventStream! { yield data("secret"); panic_any(PanicsOnDrop) };
        let inner_panics = catch_unwind(AssertUnwindSafe(|| chunks(failing))).is_err();
        yield data(if inner_panics { "outer 2" } else { "wrong" });
    };
    assert_eq!(chunks(stream).concat(), body(["outer 1", "outer 2"].map(data)));
}

#[test]
fn when_the_body_is_that_of_a_stream_made_of_a_block() {
    let stream = EventStream! { yield data("a"); yield data("b") };
    let stream = EventStream::from(stream.map(|event| event.id("7")));
    let expected = ["a", "b"].map(|text| data(text).id("7"));
    assert_eq!(chunks(stream.boxed()).concat(), body(expected));

    let failing = EventStream! { yield data("a"); Err("b")? };
    assert_eq!(
        chunks(failing.on_error(|error: &str| Event::data(error.to_owned())).boxed()).concat(),
        body(["a", "b"].map(data))
    );
}

#[test]
fn when_what_follows_a_failure_polls_another_stream() {
    let stream = EventStream! { yield data("a"); Err("b")? };
    let stream = stream.on_error(|_: &str| {
        assert_eq!(items(EventStream! { yield data("own") }), [data("own")]);
        assert_eq!(chunks(EventStream! { yield data("own") }), [b"data: own\n\n"]);
        data("failed")
    });
    assert_eq!(chunks(stream).concat(), body(["a", "failed"].map(data)));
}

#[test]
fn when_the_end_of_a_stream_drops_what_polls_another() {
    let guard = scopeguard(the_thread_is_clean);
    let stream = EventStream! { yield data("a"); if false { Err("b")? } };
    let stream = stream.on_error(move |_: &str| {
        drop(guard);
        data("failed")
    });
    assert_eq!(chunks(stream).concat(), body([data("a")]));
}

#[tokio::test]
async fn when_the_signal_of_a_shutdown_polls_another_stream() {
    let mut other = Box::pin(EventStream! { yield data("secret"); pending::<()>().await });
    let signal = async move { while other.next().await.is_some() {} };
    let stream = EventStream! { yield data("own"); tokio::task::yield_now().await };
    let body = stream.with_graceful_shutdown(signal).into_http_response().into_body();
    assert_eq!(in_time(body.collect()).await.unwrap().to_bytes(), "data: own\n\n");
}

#[test]
fn when_an_error_is_converted_by_polling_another_stream() {
    struct Converted;
    impl From<Converted> for Box<dyn std::error::Error + Send + Sync> {
        fn from(_: Converted) -> Self {
            the_thread_is_clean();
            "converted".into()
        }
    }
    let stream = EventStream::from(stream::iter([Ok(data("a")), Err(Converted)]));
    let mut bytes = stream.into_bytes();
    assert_eq!(at_once(bytes.next()).unwrap().unwrap(), "data: a\n\n");
    let failure = futures::executor::block_on(bytes.next()).unwrap().unwrap_err();
    assert_eq!(failure.to_string(), "converted");
}

#[test]
fn when_an_event_was_put_and_not_awaited() {
    let stream = EventStream! {
        let _not_awaited = send(data("secret"));
        let mut inner = Box::pin(EventStream! { pending::<()>().await });
        assert_eq!(inner.next().now_or_never(), None);
    };
    assert_eq!(items(stream), []);
}

fn scopeguard(on_drop: impl FnMut()) -> impl Drop {
    struct Guard<F: FnMut()>(F);
    impl<F: FnMut()> Drop for Guard<F> {
        fn drop(&mut self) {
            (self.0)();
        }
    }
    Guard(on_drop)
}
