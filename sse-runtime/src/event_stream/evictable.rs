//! Streams that a shutdown ends even if nobody polls their bodies any more.
//!
//! A server doesn't poll the body of a client that doesn't read. So the stream is shared with a future
//! that watches the signal, and drops the stream at the end of the grace period: see [`Watcher`].

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, Weak};
use std::task::{Context, Poll, Waker};

use futures_core::Stream;
use pin_project_lite::pin_project;

use super::EventStream;
use super::shutdown::Shutdown;
use super::watcher::{Watcher, lock};

impl<S: Send + 'static> EventStream<S> {
    /// Returns the same stream. What it holds is dropped at the end of its grace period, even if it isn't
    /// polled any more.
    #[cfg_attr(
        not(any(feature = "axum", feature = "http-body")),
        allow(dead_code, reason = "adapters call it")
    )]
    pub(crate) fn evictable(self) -> EventStream<Evictable<S>> {
        self.shared(|place| Watcher::new(watch(place)))
    }
}

impl<S: 'static> EventStream<S> {
    /// Does the same for a stream that has to be dropped on this thread.
    ///
    /// # Panics
    ///
    /// If there is a signal, and this is not within a `LocalSet`.
    #[cfg_attr(not(feature = "actix-web"), allow(dead_code, reason = "an adapter calls it"))]
    pub(crate) fn evictable_here(self) -> EventStream<Evictable<S>> {
        self.shared(|place| Watcher::local(watch(place)))
    }

    fn shared(
        self,
        watcher: impl FnOnce(Weak<Mutex<Place<S>>>) -> Watcher,
    ) -> EventStream<Evictable<S>> {
        let Self { stream, mut settings, is_block } = self;
        let stream = stream.map(|stream| match settings.shutdown.take_signals() {
            None => Evictable::Unshared { stream },
            Some(signals) => {
                let place = Place::new(stream, signals);
                settings.shutdown.set_watcher(watcher(Arc::downgrade(&place)));
                Evictable::Shared { place }
            }
        });
        EventStream { stream, settings, is_block }
    }
}

pin_project! {
    #[project = Projected]
    pub(crate) enum Evictable<S> {
        // There is no signal.
        Unshared { #[pin] stream: S },
        Shared { place: Arc<Mutex<Place<S>>> },
    }
}

impl<S: Stream> Stream for Evictable<S> {
    type Item = S::Item;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        match self.project() {
            Projected::Unshared { stream } => stream.poll_next(cx),
            Projected::Shared { place } => poll_next(place, cx),
        }
    }
}

/// A stream that can be taken away from its body.
pub(crate) struct Place<S> {
    /// `None` while it is polled, and after its end.
    stream: Option<Pin<Box<S>>>,
    /// `None` while they are polled.
    signals: Option<Shutdown>,
    is_evicted: bool,
    /// Woken when the stream is taken away.
    body: Option<Waker>,
}

impl<S> Place<S> {
    fn new(stream: S, signals: Shutdown) -> Arc<Mutex<Self>> {
        let (stream, signals) = (Some(Box::pin(stream)), Some(signals));
        Arc::new(Mutex::new(Self { stream, signals, is_evicted: false, body: None }))
    }
}

// Polling, waking and dropping may run any code, so it is done when the lock is released.
fn poll_next<S: Stream>(place: &Mutex<Place<S>>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
    let Some(mut stream) = lock(place).take(cx) else { return Poll::Ready(None) };
    let item = stream.as_mut().poll_next(cx);
    if matches!(item, Poll::Ready(None)) {
        // So that the end is known to come after a signal, even if the stream was polled first.
        poll_over(place, &mut Context::from_waker(Waker::noop()));
    }
    // Unlocked before the stream is dropped, if it is.
    let mut place = lock(place);
    if !place.is_evicted {
        place.stream = Some(stream);
    }
    item
}

impl<S> Place<S> {
    /// Takes the stream to poll it.
    fn take(&mut self, cx: &Context<'_>) -> Option<Pin<Box<S>>> {
        // A body polls it with the same waker each time.
        self.body.get_or_insert_with(|| cx.waker().clone());
        self.stream.take()
    }
}

/// Returns whether the grace period is over.
fn poll_over<S>(place: &Mutex<Place<S>>, cx: &mut Context<'_>) -> bool {
    let Some(mut signals) = lock(place).signals.take() else { return false };
    let is_over = signals.poll_over(cx);
    lock(place).signals = Some(signals);
    is_over
}

/// Takes the stream away at the end of the grace period.
async fn watch<S>(place: Weak<Mutex<Place<S>>>) {
    poll_fn(|cx| match place.upgrade() {
        Some(place) if !poll_over(&place, cx) => Poll::Pending,
        _ => Poll::Ready(()),
    })
    .await;
    let Some(place) = place.upgrade() else { return };
    let mut place = lock(&place);
    place.is_evicted = true;
    let (stream, signals) = (place.stream.take(), place.signals.take());
    let body = place.body.take();
    drop(place);
    // First, since what the stream holds may panic when it is dropped.
    body.inspect(Waker::wake_by_ref);
    drop((stream, signals));
}
