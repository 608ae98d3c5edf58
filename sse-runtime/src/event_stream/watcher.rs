//! Watches a signal with a future that becomes a task only when something wakes it.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Wake, Waker};

use sync_wrapper::SyncWrapper;
use tokio::runtime::Handle;
use tokio::task::{AbortHandle, spawn_local};

type Watch = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The future that watches the signal. It is cancelled when this is dropped.
pub(super) enum Watcher {
    /// Not polled yet.
    New(Option<SyncWrapper<Watch>>),
    Dormant(Arc<Dormant>),
    Task(AbortHandle),
}

/// A future that becomes a task when something wakes it.
pub(super) struct Dormant {
    runtime: Handle,
    state: Mutex<State>,
}

enum State {
    /// Being polled for the first time, or about to become a task.
    Busy,
    /// Woken while it was busy.
    Woken,
    Asleep(Watch),
    Task(AbortHandle),
    Over,
}

impl Watcher {
    pub(super) fn new(watch: impl Future<Output = ()> + Send + 'static) -> Self {
        Self::New(Some(SyncWrapper::new(Box::pin(watch))))
    }

    /// Spawns the future on this thread at once.
    ///
    /// # Panics
    ///
    /// If this is not within a `LocalSet`.
    #[cfg_attr(not(feature = "actix-web"), allow(dead_code, reason = "an adapter calls it"))]
    pub(super) fn local(watch: impl Future<Output = ()> + 'static) -> Self {
        Self::Task(spawn_local(watch).abort_handle())
    }

    /// Polls the future if it has not been polled yet.
    pub(super) fn start(&mut self) {
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

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
