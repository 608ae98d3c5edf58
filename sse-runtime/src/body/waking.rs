//! Remembers whether anything has happened since a body was last polled.
//!
//! Servers poll a body more often than something happens: hyper does so twice more after each
//! frame. So what a body waits for wakes a waker of the body's own, which remembers it, and a poll
//! before that returns at once.

use std::sync::{Arc, PoisonError};
#[cfg(not(sse_runtime_loom))]
use std::sync::{Mutex, atomic::AtomicBool, atomic::Ordering};
use std::task::{Context, Wake, Waker};

/// Explores all orders of threads.
#[cfg(sse_runtime_loom)]
use loom::sync::{Mutex, atomic::AtomicBool, atomic::Ordering};

/// A waker that remembers that it was woken, and wakes a task that may change.
struct Flag {
    is_set: AtomicBool,
    is_beat_due: AtomicBool,
    task: Mutex<Waker>,
}

impl Flag {
    /// Replaces the task, and returns it as it was before.
    fn replace_task(&self, task: Waker) -> Waker {
        let mut place = self.task.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut place, task)
    }

    fn task(&self) -> Waker {
        self.task.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        // Whoever set it first wakes the task.
        if !self.is_set.swap(true, Ordering::AcqRel) {
            self.task().wake();
        }
    }
}

/// Wakes a body for its heartbeat, whose timer nobody has to look at before.
struct BeatWaker(Arc<Flag>);

impl Wake for BeatWaker {
    fn wake(self: Arc<Self>) {
        // The body sees it as well when it has seen that the flag was set.
        self.0.is_beat_due.store(true, Ordering::Relaxed);
        self.0.wake_by_ref();
    }
}

/// The waker of a body.
pub(super) struct Waking {
    flag: Arc<Flag>,
    /// The task that it wakes.
    task: Waker,
    /// Whether the last poll found everything waiting. `None` before the first, and if it panicked.
    waits: Option<bool>,
    was_polled_in_vain: bool,
}

impl Waking {
    pub(super) fn new() -> Self {
        let task = Waker::noop().clone();
        let flag = Arc::new(Flag {
            is_set: AtomicBool::new(false),
            is_beat_due: AtomicBool::new(false),
            task: Mutex::new(task.clone()),
        });
        Self { flag, task, waits: None, was_polled_in_vain: false }
    }

    /// Begins a poll, in which everything is polled with the waker that this returns. `None` if
    /// nothing has happened since the last poll: then the task wakes when something does.
    #[inline]
    pub(super) fn begin(&mut self, cx: &Context<'_>) -> Option<Waker> {
        if !self.task.will_wake(cx.waker()) {
            self.change_task(cx.waker());
        }
        if self.waits == Some(true) && !self.flag.is_set.load(Ordering::Acquire) {
            self.was_polled_in_vain = true;
            return None;
        }
        if self.waits.take().is_none() {
            // Its timer has to be started, or may not have been polled.
            self.flag.is_beat_due.store(true, Ordering::Relaxed);
        }
        // Unset before anything is looked at. Not by a store, which could come after the look: the
        // change that the flag told of would be lost.
        self.flag.is_set.swap(false, Ordering::AcqRel);
        Some(self.flag.clone().into())
    }

    #[inline(never)]
    fn change_task(&mut self, task: &Waker) {
        self.task.clone_from(task);
        // Dropped after the lock is released, since that may run any code.
        drop(self.flag.replace_task(task.clone()));
    }

    /// Ends the poll. `waits` says whether it found everything waiting.
    #[inline]
    pub(super) fn end(&mut self, waits: bool) {
        self.waits = Some(waits);
    }

    /// Returns whether there was a poll before anything had happened, since this was last asked.
    pub(super) fn take_polled_in_vain(&mut self) -> bool {
        std::mem::take(&mut self.was_polled_in_vain)
    }

    /// Returns whether the heartbeat's timer may have elapsed, or was never polled.
    #[inline]
    pub(super) fn is_beat_due(&self) -> bool {
        self.flag.is_beat_due.load(Ordering::Relaxed)
    }

    /// Returns the waker with which to poll the heartbeat's timer, which isn't due before that is woken.
    pub(super) fn beat_waker(&self) -> Waker {
        self.flag.is_beat_due.store(false, Ordering::Relaxed);
        Arc::new(BeatWaker(self.flag.clone())).into()
    }
}
