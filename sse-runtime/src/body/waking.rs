//! Whether anything has happened since a body was last polled.
//!
//! Servers poll a body more often than something happens: hyper does so twice more after each
//! frame. So what a body waits for wakes a waker of the body's own, which remembers it, and a poll
//! before that returns at once.

use std::sync::Arc;
use std::task::{Context, Wake, Waker};

use super::sync::{AtomicBool, Mutex, MutexGuard, Ordering};

/// A waker that remembers that it was woken, and wakes a task that may change.
pub(super) struct Flag {
    is_set: AtomicBool,
    task: Mutex<Waker>,
}

impl Flag {
    pub(super) fn new(task: Waker) -> Arc<Self> {
        Arc::new(Self { is_set: AtomicBool::new(false), task: Mutex::new(task) })
    }

    pub(super) fn is_set(&self) -> bool {
        self.is_set.load(Ordering::Acquire)
    }

    /// Unsets it, which has to come before what it tells of is looked at.
    fn unset(&self) {
        // Not by a store, which could come after the look: the change that it told of would be lost.
        self.is_set.swap(false, Ordering::AcqRel);
    }

    /// Changes the task to be woken.
    pub(super) fn set_task(&self, task: &Waker) {
        let task = task.clone();
        // Dropped after the lock is released, since that may run any code.
        let _old = std::mem::replace(&mut *self.task(), task);
    }

    fn task(&self) -> MutexGuard<'_, Waker> {
        self.task.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        // Whoever set it first wakes the task.
        if !self.is_set.swap(true, Ordering::AcqRel) {
            let task = self.task().clone();
            task.wake();
        }
    }
}

/// The waker of a body, made when it is first polled.
#[derive(Default)]
pub(super) struct Waking {
    flag: Option<Arc<Flag>>,
    /// The flag as a waker, except during a poll.
    waker: Option<Waker>,
    /// The task that it wakes.
    task: Option<Waker>,
    /// Whether the last poll found everything waiting.
    waits: bool,
}

impl Waking {
    /// Returns whether nothing has happened since the last poll. The task wakes when something does.
    #[inline]
    pub(super) fn is_asleep(&mut self, cx: &Context<'_>) -> bool {
        if !self.waits {
            return false;
        }
        let flag = self.flag_for(cx);
        !flag.is_set()
    }

    /// Begins a poll, in which everything is polled with the waker that this returns.
    #[inline]
    pub(super) fn begin(&mut self, cx: &Context<'_>) -> Waker {
        let flag = self.flag_for(cx);
        flag.unset();
        match self.waker.take() {
            Some(waker) => waker,
            None => self.flag_for(cx).clone().into(),
        }
    }

    /// Returns the flag, which wakes this task from now on.
    #[inline]
    fn flag_for(&mut self, cx: &Context<'_>) -> &Arc<Flag> {
        let flag = self.flag.get_or_insert_with(|| Flag::new(Waker::noop().clone()));
        if !self.task.as_ref().is_some_and(|task| task.will_wake(cx.waker())) {
            flag.set_task(cx.waker());
            self.task = Some(cx.waker().clone());
        }
        flag
    }

    /// Ends it, and says whether it found everything waiting.
    #[inline]
    pub(super) fn end(&mut self, waker: Waker, waits: bool) {
        self.waker = Some(waker);
        self.waits = waits;
    }
}
