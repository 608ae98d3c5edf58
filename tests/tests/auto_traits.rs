//! What is `Send`, `'static` and so on, as a table.

use std::cell::Cell;
use std::fmt::Debug;
use std::hash::Hash;
use std::mem::size_of;
use std::rc::Rc;

use futures::Stream;
use futures::stream::FusedStream;
use sse_runtime::{BoxEventStream, Error, Event, EventBytes, EventStream, LastEventId};

/// `is!(type: traits…)`: does not compile where it does not hold.
macro_rules! is {
    ($type:ty: $($bounds:tt)*) => {{
        fn check<T: $($bounds)* + ?Sized>() {}
        check::<$type>();
    }};
}

type Events = futures::stream::Empty<Event>;

#[test]
fn the_public_types_have_these_traits() {
    is!(Event: Clone + Debug + PartialEq + Eq + Hash + Send + Sync + Unpin + 'static);
    is!(LastEventId: Clone + Debug + PartialEq + Eq + Hash + Send + Sync + std::fmt::Display);
    is!(Error: std::error::Error + Send + Sync + 'static);
    is!(EventStream<Events>: Stream<Item = Event> + FusedStream + Send + Sync + Unpin + Debug + 'static);
    is!(EventBytes<Events>: Stream + FusedStream + Send + Sync + Unpin + 'static);
    is!(BoxEventStream<'static>: Stream<Item = Event> + FusedStream + Send + Sync + Unpin + 'static);
}

/// `cargo xtask public-api` looks for `Debug` in the types that have a page, and these have none.
#[test]
fn the_stream_of_a_block_has_debug() {
    fn has_debug<S: Debug>(_: &EventStream<S>) {}
    has_debug(&EventStream! { yield Event::empty() });
    has_debug(&EventStream! { yield Event::empty(); Err(std::io::Error::other("broken")) });
}

#[test]
fn an_event_is_small() {
    assert!(size_of::<Event>() <= 40);
    assert_eq!(size_of::<Option<Event>>(), size_of::<Event>());
}

fn is_send<T: Send>(value: T) -> T {
    value
}

fn is_sync<T: Sync>(value: T) -> T {
    value
}

fn is_static<T: 'static>(value: T) -> T {
    value
}

#[test]
fn a_block_is_send_and_static_exactly_as_its_captures_are() {
    let owned = String::from("a");
    let _ = is_static(is_send(EventStream! {
        let n = owned.len();
        tokio::task::yield_now().await;
        yield Event::data(n.to_string());
    }));
    let borrowed = String::from("a");
    let _ = is_send(EventStream! { yield Event::data(borrowed.clone()) });
    let local = Rc::new(1);
    let _ = is_static(EventStream! { yield Event::data(local.to_string()) });
}

#[test]
fn a_stream_and_its_body_are_sync_whatever_the_block_and_the_signal_are() {
    let signal = async {
        let not_sync = Cell::new(1);
        tokio::task::yield_now().await;
        not_sync.set(2);
    };
    let not_sync = Cell::new(1);
    let events = EventStream! { yield Event::data(not_sync.take()); Err(std::fmt::Error)? }
        .on_error(|error: std::fmt::Error| Event::data(error.to_string()))
        .map_events(|event| event.id("1"))
        .with_graceful_shutdown(signal);
    let _ = is_sync(is_sync(events.boxed()).into_bytes());
}

#[test]
fn a_temporary_of_a_yielded_expression_never_lives_across_the_suspension() {
    fn event_of(text: &Rc<str>) -> Event {
        Event::data(text.to_string())
    }
    let _ = is_send(EventStream! { yield event_of(&Rc::from("not Send")) });
}

#[test]
fn an_error_need_not_be_sync_nor_an_error_while_no_body_is_made() {
    struct Plain(#[allow(dead_code, reason = "carried")] u8);
    fn fails() -> EventStream![Result<Event, Plain>] {
        EventStream! { yield Event::empty(); Err(Plain(1))? }
    }
    let _ = is_send(fails().on_error(|Plain(n)| Event::data(n.to_string())));
}
