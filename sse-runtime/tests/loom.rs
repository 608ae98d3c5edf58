//! Every order in which a body and what wakes it can meet: `cargo xtask loom`.
#![cfg(sse_runtime_loom)]

mod explore;

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Waker};

use futures::stream::{self, Stream, StreamExt as _};
use loom::future::{AtomicWaker, block_on};
use loom::thread;
use sse_runtime::{Event, EventStream};

use explore::explore;

/// What has happened, and who waits for it.
#[derive(Clone)]
struct Source(Arc<(loom::sync::atomic::AtomicUsize, AtomicWaker)>);

impl Source {
    fn new() -> Self {
        Self(Arc::new((loom::sync::atomic::AtomicUsize::new(0), AtomicWaker::new())))
    }

    fn happen(&self) {
        self.0.0.fetch_add(1, Ordering::Release);
        self.0.1.wake();
    }

    /// An event for all that has happened since the last.
    fn events(self) -> EventStream<impl Stream<Item = Event>> {
        let mut seen = 0;
        let events = stream::poll_fn(move |cx| {
            self.0.1.register_by_ref(cx.waker());
            let happened = self.0.0.load(Ordering::Acquire);
            if std::mem::replace(&mut seen, happened) < happened {
                return Poll::Ready(Some(Event::data(happened)));
            }
            Poll::Pending
        });
        EventStream::from(events).heartbeat(None)
    }
}

#[test]
fn a_body_wakes_whenever_something_happens() {
    explore(Some(3), || {
        let source = Source::new();
        let mut bytes = pin!(source.clone().events().into_bytes());
        let other = thread::spawn(move || {
            source.happen();
            source.happen();
        });
        // Loom fails if it sleeps for ever.
        while !block_on(bytes.next()).unwrap().unwrap().ends_with(b"data: 2\n\n") {}
        other.join().unwrap();
    });
}

#[test]
fn a_body_that_another_task_takes_over_wakes_that_one() {
    explore(None, || {
        let source = Source::new();
        let mut bytes = pin!(source.clone().events().into_bytes());
        let other = thread::spawn(move || source.happen());
        let mut nobody = Context::from_waker(Waker::noop());
        let first = bytes.as_mut().poll_next(&mut nobody);
        if first.is_pending() {
            assert!(block_on(bytes.next()).is_some());
        }
        other.join().unwrap();
    });
}
