//! An event never reaches another stream, whatever happens.
#![forbid(unsafe_code)]

use std::panic::{AssertUnwindSafe, catch_unwind};

use futures::task::noop_waker_ref;
use futures::{FutureExt as _, Stream, StreamExt as _};
use sse_runtime::{Event, EventStream};
use tests::bytes::items;

fn data(text: &'static str) -> Event {
    Event::data(text)
}

/// Streams polled from here on, on this thread, see their own events alone.
fn the_thread_is_clean() {
    assert_eq!(items(EventStream! { yield data("own") }), [data("own")]);
    assert_eq!(items(EventStream!({})), []);
    let mut waiting = Box::pin(EventStream! { std::future::pending::<()>().await });
    assert_eq!(waiting.next().now_or_never(), None);
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
fn a_second_event_in_the_slot_is_refused() {
    use sse_runtime::__private::send;
    let mut cx = std::task::Context::from_waker(noop_waker_ref());
    let refused = EventStream::from(futures::stream::poll_fn(move |_| {
        let _first = send(data("secret"));
        let second = catch_unwind(|| send(data("secret")));
        std::task::Poll::Ready(second.is_ok().then(Event::empty))
    }));
    assert_eq!(Box::pin(refused).poll_next_unpin(&mut cx), std::task::Poll::Ready(None));
    the_thread_is_clean();
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
