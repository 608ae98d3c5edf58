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
use sync_wrapper::SyncWrapper;

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
        self.evictable_by(|shared| Watcher::new(watch(shared)))
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
        self.evictable_by(|shared| Watcher::local(watch(shared)))
    }

    fn evictable_by(
        self,
        watcher: impl FnOnce(Weak<Mutex<SharedStream<S>>>) -> Watcher,
    ) -> EventStream<Evictable<S>> {
        let Self { stream, mut settings, is_block } = self;
        let stream = stream.map(SyncWrapper::into_inner).map(|stream| {
            let Some(signals) = settings.shutdown().and_then(Shutdown::take_signals) else {
                return Evictable::Unshared { stream };
            };
            let shared = SharedStream::new(stream, signals);
            settings.rare_mut().shutdown.set_watcher(watcher(Arc::downgrade(&shared)));
            Evictable::Shared { shared }
        });
        EventStream { stream: stream.map(SyncWrapper::new), settings, is_block }
    }
}

pin_project! {
    #[project = Projected]
    pub(crate) enum Evictable<S> {
        // There is no signal.
        Unshared { #[pin] stream: S },
        Shared { shared: Arc<Mutex<SharedStream<S>>> },
    }
}

impl<S: Stream> Stream for Evictable<S> {
    type Item = S::Item;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        match self.project() {
            Projected::Unshared { stream } => stream.poll_next(cx),
            Projected::Shared { shared } => poll_next(shared, cx),
        }
    }
}

/// A stream that can be taken away from its body.
pub(crate) struct SharedStream<S> {
    /// `None` while it is polled, and after its end.
    stream: Option<Pin<Box<S>>>,
    /// `None` while they are polled.
    signals: Option<Shutdown>,
    is_evicted: bool,
    /// Woken when the stream is taken away.
    body: Option<Waker>,
}

impl<S> SharedStream<S> {
    fn new(stream: S, signals: Shutdown) -> Arc<Mutex<Self>> {
        let (stream, signals) = (Some(Box::pin(stream)), Some(signals));
        Arc::new(Mutex::new(Self { stream, signals, is_evicted: false, body: None }))
    }
}

// Polling, waking and dropping may run any code, so they happen after the lock is released.
fn poll_next<S: Stream>(
    shared: &Mutex<SharedStream<S>>,
    cx: &mut Context<'_>,
) -> Poll<Option<S::Item>> {
    let Some(stream) = lock(shared).take(cx) else { return Poll::Ready(None) };
    let mut taken = Taken { stream: Some(stream), shared };
    let item =
        taken.stream.as_mut().map_or(Poll::Ready(None), |stream| stream.as_mut().poll_next(cx));
    if matches!(item, Poll::Ready(None)) {
        // So that the end is known to come after a signal, even if the stream was polled first.
        poll_over(shared, &mut Context::from_waker(Waker::noop()));
    }
    item
}

/// A stream that is polled. It is put back after a panic as well: to drop it at once would abort the program
/// if that panics, too.
struct Taken<'s, S> {
    stream: Option<Pin<Box<S>>>,
    shared: &'s Mutex<SharedStream<S>>,
}

impl<S> Drop for Taken<'_, S> {
    fn drop(&mut self) {
        // Unlocked before the stream is dropped, if it is.
        let mut shared = lock(self.shared);
        if !shared.is_evicted {
            shared.stream = self.stream.take();
        }
    }
}

impl<S> SharedStream<S> {
    /// Takes the stream to poll it.
    fn take(&mut self, cx: &Context<'_>) -> Option<Pin<Box<S>>> {
        // A body polls it with the same waker each time.
        self.body.get_or_insert_with(|| cx.waker().clone());
        self.stream.take()
    }
}

/// Returns whether the grace period is over.
fn poll_over<S>(shared: &Mutex<SharedStream<S>>, cx: &mut Context<'_>) -> bool {
    let Some(mut signals) = lock(shared).signals.take() else { return false };
    let is_over = signals.poll_over(cx);
    lock(shared).signals = Some(signals);
    is_over
}

/// Takes the stream away at the end of the grace period.
async fn watch<S>(shared: Weak<Mutex<SharedStream<S>>>) {
    poll_fn(|cx| match shared.upgrade() {
        Some(shared) if !poll_over(&shared, cx) => Poll::Pending,
        _ => Poll::Ready(()),
    })
    .await;
    let Some(shared) = shared.upgrade() else { return };
    let mut shared = lock(&shared);
    shared.is_evicted = true;
    let (stream, signals) = (shared.stream.take(), shared.signals.take());
    let body = shared.body.take();
    drop(shared);
    // Woken first, since what the stream holds may panic when it is dropped.
    body.inspect(Waker::wake_by_ref);
    drop((stream, signals));
}
