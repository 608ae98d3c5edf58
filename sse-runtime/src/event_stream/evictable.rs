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
use tokio::task::{AbortHandle, spawn_local};

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

impl<S: 'static> EventStream<S> {
    /// The same for a stream that has to be dropped on this thread. So the future of the signal is a
    /// task of this thread from the beginning.
    ///
    /// # Panics
    ///
    /// If there is a signal, and this is not within a `LocalSet`.
    #[cfg_attr(not(feature = "actix-web"), allow(dead_code, reason = "an adapter calls it"))]
    pub(crate) fn evictable_here(mut self) -> EventStream<Evictable<S>> {
        let signals = self.settings.shutdown.hand_over();
        self.map(|stream| match signals {
            Some(signals) => Evictable::Shared { shared: Shared::here(stream, signals) },
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
    watcher: Watcher,
}

struct Place<S> {
    /// `None` while it is polled, and after its end.
    stream: Option<Pin<Box<S>>>,
    /// `None` while they are polled.
    signals: Option<Shutdown>,
    is_evicted: bool,
    /// Who is to be told.
    body: Option<Waker>,
}

type Watch = Pin<Box<dyn Future<Output = ()> + Send>>;

impl<S> Place<S> {
    fn new(stream: S, signals: Shutdown) -> Arc<Mutex<Self>> {
        let (stream, signals) = (Some(Box::pin(stream)), Some(signals));
        Arc::new(Mutex::new(Self { stream, signals, is_evicted: false, body: None }))
    }
}

impl<S: Send + 'static> Shared<S> {
    fn new(stream: S, signals: Shutdown) -> Self {
        let place = Place::new(stream, signals);
        let watch = Box::pin(watch(Arc::downgrade(&place)));
        Self { place, watcher: Watcher::New(Some(SyncWrapper::new(watch))) }
    }
}

impl<S: 'static> Shared<S> {
    fn here(stream: S, signals: Shutdown) -> Self {
        let place = Place::new(stream, signals);
        let task = spawn_local(watch(Arc::downgrade(&place)));
        Self { place, watcher: Watcher::Task(task.abort_handle()) }
    }
}

// What is taken out is polled, woken and dropped when the lock is released: that may run any code.
impl<S: Stream> Shared<S> {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        self.watcher.start();
        let Some(mut stream) = lock(&self.place).take(cx) else { return Poll::Ready(None) };
        let item = stream.as_mut().poll_next(cx);
        if matches!(item, Poll::Ready(None)) {
            // So that an end after a signal is told from others, even if it came first.
            poll_over(&self.place, &mut Context::from_waker(Waker::noop()));
        }
        // Unlocked before the stream is dropped, if it is.
        let mut place = lock(&self.place);
        if !place.is_evicted {
            place.stream = Some(stream);
        }
        item
    }
}

impl<S> Place<S> {
    /// Takes the stream to poll it.
    fn take(&mut self, cx: &Context<'_>) -> Option<Pin<Box<S>>> {
        // A body polls it with the same waker each time.
        self.body.get_or_insert_with(|| cx.waker().clone());
        self.stream.take()
    }
}

/// Returns whether the time after the shutdown is over.
fn poll_over<S>(place: &Mutex<Place<S>>, cx: &mut Context<'_>) -> bool {
    let Some(mut signals) = lock(place).signals.take() else { return false };
    let is_over = signals.poll_over(cx);
    lock(place).signals = Some(signals);
    is_over
}

/// Takes the stream away when its time after the shutdown is over.
async fn watch<S>(place: Weak<Mutex<Place<S>>>) {
    poll_fn(|cx| match place.upgrade() {
        Some(place) if !poll_over(&place, cx) => Poll::Pending,
        _ => Poll::Ready(()),
    })
    .await;
    let Some(place) = place.upgrade() else { return };
    let mut place = lock(&place);
    place.is_evicted = true;
    let (stream, body) = (place.stream.take(), place.body.take());
    drop(place);
    drop(stream);
    body.inspect(Waker::wake_by_ref);
}

/// The future of the signal. It ends when this is dropped.
enum Watcher {
    /// Not polled yet.
    New(Option<SyncWrapper<Watch>>),
    Dormant(Arc<Dormant>),
    Task(AbortHandle),
}

/// A future that becomes a task when something wakes it.
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
    /// Polls the future if it has not been polled yet.
    fn start(&mut self) {
        let Self::New(future) = self else { return };
        let Some(mut future) = future.take().map(SyncWrapper::into_inner) else { return };
        let dormant = Dormant { runtime: Handle::current(), state: Mutex::new(State::Busy) };
        let dormant = Arc::new(dormant);
        let waker = Waker::from(dormant.clone());
        *self = Self::Dormant(dormant.clone());
        if future.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() {
            dormant.sleep(future);
        }
    }
}

impl Dormant {
    fn sleep(&self, future: Watch) {
        let mut state = lock(&self.state);
        match *state {
            State::Busy => *state = State::Asleep(future),
            State::Woken => {
                *state = State::Busy;
                drop(state);
                self.spawn(future);
            }
            _ => {}
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
        match self {
            Self::New(_) => {}
            Self::Dormant(dormant) => match dormant.replace(State::Over) {
                State::Task(task) => task.abort(),
                State::Asleep(future) => drop(future),
                State::Busy | State::Woken | State::Over => {}
            },
            Self::Task(task) => task.abort(),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
