//! A run in one process: its events, and the tasks that wait for more.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, Weak};
use std::task::Waker;
use std::time::Duration;

use sse_runtime::{Event, LastEventId};
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::RunState;
use super::log::{Log, Read, Reported, Until};
use super::seal::Seal;
use super::state::End;
use super::totals::Totals;
use crate::event;
use crate::log::TopicId;
use crate::sync::{Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard};
use crate::waiting::{Registration, Waiting};

/// What a task can wait for: the next event or the end, or the end alone.
pub(super) const NEXT: TopicId = 1;
pub(super) const END: TopicId = 2;

pub(super) struct Record {
    pub(super) id: Arc<str>,
    pub(super) seal: Seal,
    log: RwLock<Log>,
    waiting: Waiting,
    readers: Mutex<Readers>,
    /// The tasks to abort at the end.
    tasks: Mutex<Vec<AbortHandle>>,
    max_bytes: usize,
    pub(super) totals: Arc<Totals>,
    /// Reads the run, if another process produces it.
    pub(super) source: Option<Weak<dyn Source>>,
}

/// Reads the runs of other processes, as long as somebody holds it.
pub(super) trait Source: Send + Sync {
    /// Tells it that somebody has joined one of these runs, or waits for its end.
    fn request(&self);
}

struct Readers {
    count: usize,
    /// How many wait for the end alone.
    waiting_for_end: usize,
    /// When the last reader left, or when the run was started.
    none_since: Instant,
}

impl Record {
    pub(super) fn new(id: Arc<str>, seal: Seal, max_bytes: usize, totals: Arc<Totals>) -> Self {
        Self {
            id,
            seal,
            log: RwLock::default(),
            waiting: Waiting::default(),
            readers: Mutex::new(Readers {
                count: 0,
                waiting_for_end: 0,
                none_since: Instant::now(),
            }),
            tasks: Mutex::default(),
            max_bytes,
            totals,
            source: None,
        }
    }

    /// Continues with the log that the engine has kept.
    #[cfg(feature = "file")]
    pub(super) fn with_log(mut self, log: Log) -> Self {
        self.totals.bytes.fetch_add(log.bytes(), Ordering::Relaxed);
        self.log = RwLock::new(log);
        self
    }

    /// Returns how the run stands, as far as this process knows.
    pub(super) fn state(&self) -> RunState {
        self.log().state()
    }

    /// Returns whether this process has read no end of the run.
    pub(super) fn is_running(&self) -> bool {
        self.log().end().is_none()
    }

    pub(super) fn kept_until(&self) -> Until {
        self.log().kept_until()
    }

    /// Adds the next event, and wakes the readers that wait for it. Returns `false` if the run has
    /// ended. Only one task may call this.
    #[cfg(test)]
    pub(super) fn append(&self, event: Event) -> bool {
        self.append_at(self.last() + 1, event)
    }

    /// Adds the event with this sequence, unless it is there already. If sequences are skipped, their events are
    /// missing. Returns `false` if the run has ended.
    pub(super) fn append_at(&self, sequence: u64, event: Event) -> bool {
        let event = event::with_id(event, self.seal.id(sequence)).into_shared();
        self.skip_to(sequence - 1);
        let mut log = self.log_mut();
        if log.last() >= sequence {
            return log.end().is_none();
        }
        let Some(bytes) = log.append(event) else { return false };
        self.totals.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.totals.events.fetch_add(1, Ordering::Relaxed);
        self.evict(log, |log| log.evict(self.max_bytes));
        self.waiting.wake_only(NEXT);
        true
    }

    /// Skips events that are missing up to this sequence.
    pub(super) fn skip_to(&self, sequence: u64) {
        let log = self.log_mut();
        if log.last() < sequence && log.end().is_none() {
            let mut skipped = false;
            self.evict(log, |log| {
                (!std::mem::replace(&mut skipped, true)).then(|| log.skip_to(sequence))
            });
        }
    }

    /// Removes the oldest events, but never the newest, until all runs together take no more than this.
    pub(super) fn shrink(&self, max_total_bytes: usize) {
        let total = self.totals.bytes.load(Ordering::Relaxed);
        let log = self.log_mut();
        let most = log.bytes().saturating_sub(total.saturating_sub(max_total_bytes));
        self.evict(log, |log| log.evict(most));
    }

    /// Removes all events.
    pub(super) fn clear(&self) {
        self.evict(self.log_mut(), |log| Some(log.clear()).filter(|events| !events.is_empty()));
    }

    /// Removes what `next` returns, until it returns nothing, and drops it after the lock is released.
    fn evict<T>(
        &self,
        mut log: RwLockWriteGuard<'_, Log>,
        mut next: impl FnMut(&mut Log) -> Option<T>,
    ) {
        let before = log.bytes();
        let evicted: Vec<T> = std::iter::from_fn(|| next(&mut log)).collect();
        self.totals.bytes.fetch_sub(before - log.bytes(), Ordering::Relaxed);
        drop(log);
        drop(evicted);
    }

    /// Ends the run, and returns how, unless it has ended before. Call [`tell_end`](Self::tell_end) afterwards.
    pub(super) fn end(&self, end: End, until: Until) -> Option<End> {
        self.log_mut().finish(end, until)
    }

    /// Wakes everyone who waits, and aborts the tasks that end with the run.
    pub(super) fn tell_end(&self) {
        self.waiting.wake_only(NEXT);
        self.waiting.wake_only(END);
        let tasks = std::mem::take(&mut *self.tasks());
        tasks.iter().for_each(AbortHandle::abort);
    }

    /// Has a task aborted at the end.
    pub(super) fn abort_at_end(&self, task: AbortHandle) {
        self.tasks().push(task);
        if !self.is_running() {
            let tasks = std::mem::take(&mut *self.tasks());
            tasks.iter().for_each(AbortHandle::abort);
        }
    }

    pub(super) fn read(&self, after: u64) -> Read {
        self.log().read(after)
    }

    pub(super) fn last(&self) -> u64 {
        self.log().last()
    }

    pub(super) fn evicted_through(&self) -> u64 {
        self.log().evicted_through()
    }

    /// Returns whether there is or may be an event after this one.
    pub(super) fn remains(&self, after: Option<&LastEventId>) -> bool {
        let after = after.and_then(|id| self.seal.sequence(id)).unwrap_or(0);
        self.log().remains(after)
    }

    /// Copies all that there is of it: the sequence before the first event, the events, and the end.
    #[cfg(feature = "file")]
    pub(super) fn copy(&self) -> (u64, Vec<Event>, Option<End>) {
        self.log().copy()
    }

    /// Returns since when nobody has been reading the run.
    pub(super) fn unread_since(&self) -> Option<Instant> {
        let readers = self.readers();
        (readers.count == 0).then_some(readers.none_since)
    }

    pub(super) fn reader_comes(&self) {
        self.readers().count += 1;
        self.totals.readers.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn reader_leaves(&self) {
        let mut readers = self.readers();
        readers.count -= 1;
        readers.none_since = Instant::now();
        self.totals.readers.fetch_sub(1, Ordering::Relaxed);
    }

    /// Asks for the run to be read, if another process produces it, for as long as the result is held.
    pub(super) fn keep_reading(&self) -> Option<Arc<dyn Source>> {
        let source = self.source.as_ref()?.upgrade()?;
        source.request();
        Some(source)
    }

    fn readers(&self) -> MutexGuard<'_, Readers> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tasks(&self) -> MutexGuard<'_, Vec<AbortHandle>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn log(&self) -> RwLockReadGuard<'_, Log> {
        self.log.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn log_mut(&self) -> RwLockWriteGuard<'_, Log> {
        self.log.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// For runs that other processes produce or read.
impl Record {
    /// Notes how the run stands in the engine. The events that this process hasn't read yet come later.
    pub(super) fn set_reported(&self, reported: Reported) {
        self.log_mut().set_reported(reported);
        if reported.state != RunState::Running {
            self.waiting.wake_only(END);
        }
    }

    /// Returns whether this process produces the run.
    pub(super) fn is_own(&self) -> bool {
        self.source.is_none()
    }

    pub(super) fn has_readers(&self) -> bool {
        self.readers().count > 0
    }

    /// Returns whether somebody reads the run, or waits for its end.
    pub(super) fn is_wanted(&self) -> bool {
        let readers = self.readers();
        readers.count + readers.waiting_for_end > 0
    }

    /// Notes that somebody on another node read the run this long ago.
    pub(super) fn was_read(&self, ago: Duration) {
        let mut readers = self.readers();
        if let Some(then) = Instant::now().checked_sub(ago) {
            readers.none_since = readers.none_since.max(then);
        }
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        let bytes = self.log().bytes();
        self.totals.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// Has a task woken by a run, until it is dropped.
pub(super) struct RunWaiter {
    pub(super) record: Arc<Record>,
    registration: [Registration; 1],
}

impl RunWaiter {
    pub(super) fn new(record: Arc<Record>, what: TopicId) -> Self {
        if what == END {
            record.readers().waiting_for_end += 1;
        }
        Self { record, registration: [Registration::new(what)] }
    }

    /// Has this task woken by what it waits for.
    pub(super) fn register(&mut self, waker: &Waker) {
        self.record.waiting.register(&mut self.registration, waker);
    }
}

impl Drop for RunWaiter {
    fn drop(&mut self) {
        if self.registration[0].topic == END {
            self.record.readers().waiting_for_end -= 1;
        }
        self.record.waiting.leave(&self.registration);
    }
}
