//! Streams that a shutdown ends even if nobody polls their bodies any more.
//!
//! A server doesn't poll the body of a client that doesn't read. So the stream is in a place from
//! where the future of the signal takes it when the grace is over. That future becomes a task when
//! something wakes it, and is none before.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Wake, Waker};

use futures_core::Stream;
use pin_project_lite::pin_project;
use tokio::runtime::Handle;
use tokio::task::AbortHandle;

use super::{EventStream, Shutdown};
use crate::exclusive::SyncWrapper;

impl<S: Send + 'static> EventStream<S> {
    /// The same stream. What it holds is dropped when its time after a shutdown is over, even if it
    /// isn't polled any more.
    #[cfg_attr(
        not(any(feature = "axum", feature = "http-body")),
        allow(dead_code, reason = "adapters call it")
    )]
    pub(crate) fn evictable(mut self) -> EventStream<Evictable<S>> {
        let signals = self.settings.shutdown.hand_over();
        self.map(|stream| match signals {
            Some(signals) => Evictable::Shared { shared: Shared::new(stream, signals) },
            None => Evictable::Own { stream },
        })
    }
}

pin_project! {
    #[project = Projected]
    pub(crate) enum Evictable<S> {
        // There is no signal.
        Own { #[pin] stream: S },
        Shared { shared: Shared<S> },
    }
}

impl<S: Stream> Stream for Evictable<S> {
    type Item = S::Item;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        match self.project() {
            Projected::Own { stream } => stream.poll_next(cx),
            Projected::Shared { shared } => shared.poll_next(cx),
        }
    }
}

/// A stream that can be taken away.
pub(crate) struct Shared<S> {
    place: Arc<Mutex<Place<S>>>,
    /// Until the first poll.
    to_watch: Option<SyncWrapper<Watch>>,
    watcher: Option<Watcher>,
}

struct Place<S> {
    /// `None` while it is polled, and after its end.
    stream: Option<Pin<Box<S>>>,
    is_evicted: bool,
    /// Who is to be told.
    body: Option<Waker>,
}

type Watch = Pin<Box<dyn Future<Output = ()> + Send>>;

impl<S: Send + 'static> Shared<S> {
    fn new(stream: S, signals: Shutdown) -> Self {
        let stream = Some(Box::pin(stream));
        let place = Arc::new(Mutex::new(Place { stream, is_evicted: false, body: None }));
        let to_watch: Watch = Box::pin(watch(signals, Arc::downgrade(&place)));
        Self { place, to_watch: Some(SyncWrapper::new(to_watch)), watcher: None }
    }
}

// What is taken out is polled, woken and dropped when the lock is released: that may run any code.
impl<S: Stream> Shared<S> {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        if let Some(watch) = self.to_watch.take() {
            lock(&self.place).body = Some(cx.waker().clone());
            self.watcher = Some(Watcher::start(watch.into_inner()));
        }
        let stream = lock(&self.place).stream.take();
        let Some(mut stream) = stream else { return Poll::Ready(None) };
        let item = stream.as_mut().poll_next(cx);
        // Unlocked before the stream is dropped, if it is.
        let mut place = lock(&self.place);
        if !place.is_evicted {
            place.stream = Some(stream);
        }
        item
    }
}

/// Takes the stream away when its time after the shutdown is over.
async fn watch<S>(mut signals: Shutdown, place: Weak<Mutex<Place<S>>>) {
    poll_fn(|cx| if signals.poll_over(cx) { Poll::Ready(()) } else { Poll::Pending }).await;
    let Some(place) = place.upgrade() else { return };
    let mut place = lock(&place);
    place.is_evicted = true;
    let (stream, body) = (place.stream.take(), place.body.take());
    drop(place);
    drop(stream);
    body.inspect(Waker::wake_by_ref);
}

/// A future that becomes a task when something wakes it. Dropped, it ends.
struct Watcher(Arc<Dormant>);

struct Dormant {
    runtime: Handle,
    state: Mutex<State>,
}

enum State {
    /// It is polled for the first time, or about to become a task.
    Busy,
    /// It was woken meanwhile.
    Woken,
    Asleep(Watch),
    Task(AbortHandle),
    Over,
}

impl Watcher {
    fn start(mut future: Watch) -> Self {
        let dormant = Dormant { runtime: Handle::current(), state: Mutex::new(State::Busy) };
        let dormant = Arc::new(dormant);
        let waker = Waker::from(dormant.clone());
        if future.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() {
            dormant.sleep(future);
        }
        Self(dormant)
    }
}

impl Dormant {
    fn sleep(&self, future: Watch) {
        let mut state = lock(&self.state);
        match *state {
            State::Busy => *state = State::Asleep(future),
            _ => {
                *state = State::Busy;
                drop(state);
                self.spawn(future);
            }
        }
    }

    fn spawn(&self, future: Watch) {
        let task = self.runtime.spawn(future).abort_handle();
        let mut state = lock(&self.state);
        match *state {
            State::Over => task.abort(),
            _ => *state = State::Task(task),
        }
    }

    fn replace(&self, state: State) -> State {
        std::mem::replace(&mut *lock(&self.state), state)
    }
}

impl Wake for Dormant {
    fn wake(self: Arc<Self>) {
        let mut state = lock(&self.state);
        match std::mem::replace(&mut *state, State::Busy) {
            State::Asleep(future) => {
                drop(state);
                self.spawn(future);
            }
            State::Busy => *state = State::Woken,
            other => *state = other,
        }
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        match self.0.replace(State::Over) {
            State::Task(task) => task.abort(),
            State::Asleep(future) => drop(future),
            State::Busy | State::Woken | State::Over => {}
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
