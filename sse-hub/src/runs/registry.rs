//! The runs of a process, by their IDs.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, Weak};
use std::time::Duration;

use sse_runtime::Event;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::engine::Engine;
use super::limits::Limits;
use super::log::Until;
use super::record::Record;
use super::seal::Seal;
use super::state::End;
use super::totals::Totals;
use super::{Run, RunsError, StartError, sweep, trace};
use crate::log::maps::shrink_map;
use crate::sync::{Mutex, MutexGuard};

pub(super) struct Registry {
    state: Mutex<State>,
    pub(super) limits: Limits,
    pub(super) totals: Arc<Totals>,
    /// Notified when no run is running any more.
    quiet: Notify,
    pub(super) engine: Arc<dyn Engine>,
}

#[derive(Default)]
struct State {
    /// Those that are running, and those that ended a short time ago.
    runs: HashMap<Arc<str>, Arc<Record>>,
    running: usize,
    /// In the order of their ends.
    ended: VecDeque<(Until, Weak<Record>)>,
    /// Those that can't be found any more, but are still held by readers or handles.
    lingering: Vec<Weak<Record>>,
    is_closed: bool,
    is_swept: bool,
}

/// Why a run can't begin.
pub(super) enum Refusal {
    Running(Arc<Record>),
    TooMany,
    Closed,
}

impl Registry {
    pub(super) fn new(limits: Limits, engine: Arc<dyn Engine>) -> Self {
        let (totals, quiet) = (Arc::default(), Notify::new());
        Self { state: Mutex::default(), limits, totals, quiet, engine }
    }

    /// Begins a run, in place of one that has ended.
    pub(super) fn begin(&self, id: &str, seal: Seal) -> Result<Arc<Record>, Refusal> {
        let record = Arc::new(self.record(id, seal));
        let mut state = self.lock();
        self.check_id(&state, id)?;
        state.running += 1;
        let replaced = state.runs.insert(Arc::clone(&record.id), Arc::clone(&record));
        drop(state);
        drop(replaced);
        self.totals.started.fetch_add(1, Ordering::Relaxed);
        trace::started(&record.id);
        Ok(record)
    }

    /// Begins a run, in place of one that has ended or has lost its lease.
    #[cfg(feature = "redis")]
    pub(super) fn replace(self: &Arc<Self>, id: &str, seal: Seal) -> Result<Arc<Record>, Refusal> {
        loop {
            match self.begin(id, seal) {
                Err(Refusal::Running(former)) => _ = self.end(&former, End::LOST),
                begun => return begun,
            }
        }
    }

    /// Creates a record that isn't among the runs of this process yet.
    pub(super) fn record(&self, id: &str, seal: Seal) -> Record {
        Record::new(id.into(), seal, self.limits.max_bytes, Arc::clone(&self.totals))
    }

    /// Checks that another run may begin.
    #[cfg(feature = "redis")]
    pub(super) fn check_room(&self) -> Result<(), Refusal> {
        self.check(&self.lock())
    }

    /// Checks that a run with this ID may begin.
    #[cfg(feature = "file")]
    pub(super) fn may_begin(&self, id: &str) -> Result<(), Refusal> {
        self.check_id(&self.lock(), id)
    }

    fn check_id(&self, state: &State, id: &str) -> Result<(), Refusal> {
        match state.runs.get(id) {
            Some(other) if other.is_running() => Err(Refusal::Running(Arc::clone(other))),
            _ => self.check(state),
        }
    }

    fn check(&self, state: &State) -> Result<(), Refusal> {
        if state.is_closed {
            return Err(Refusal::Closed);
        }
        if state.running >= self.limits.max_runs {
            return Err(Refusal::TooMany);
        }
        Ok(())
    }

    pub(super) fn refused(self: &Arc<Self>, refusal: Refusal) -> StartError {
        match refusal {
            Refusal::Running(record) => StartError::Running(Run::new(record, Arc::clone(self))),
            Refusal::TooMany => StartError::TooManyRuns,
            Refusal::Closed => StartError::Closed,
        }
    }

    /// Finds the newest run of this process with this ID, even if its time is over.
    #[cfg(feature = "redis")]
    pub(super) fn find_any(&self, id: &str) -> Option<Arc<Record>> {
        self.lock().runs.get(id).cloned()
    }

    pub(super) fn find(&self, id: &str) -> Option<Arc<Record>> {
        let run = self.lock().runs.get(id).cloned()?;
        (!is_over(run.kept_until(), Instant::now())).then_some(run)
    }

    /// Takes over runs that ended before, in the order of their starts.
    #[cfg(feature = "file")]
    pub(super) fn restore<'a>(&self, records: impl Iterator<Item = &'a Arc<Record>>) {
        let now = Instant::now();
        let mut state = self.lock();
        for record in records {
            state.runs.insert(Arc::clone(&record.id), Arc::clone(record));
        }
        state.runs.retain(|_, record| !is_over(record.kept_until(), now));
        let mut ended: Vec<_> =
            state.runs.values().map(|run| (run.kept_until(), Arc::downgrade(run))).collect();
        // Those that are kept for ever come last.
        ended.sort_by_key(|(until, _)| (until.is_none(), *until));
        state.ended = ended.into();
        drop(state);
        while self.is_too_large() {
            let Some(oldest) = self.take_oldest() else { return };
            oldest.clear();
        }
    }

    /// Returns whether this run can still be found.
    #[cfg(feature = "file")]
    pub(super) fn holds(&self, record: &Arc<Record>) -> bool {
        self.lock().runs.get(&record.id).is_some_and(|run| Arc::ptr_eq(run, record))
    }

    /// Ends a run that nobody is going to produce, and removes it.
    #[cfg(feature = "file")]
    pub(super) fn withdraw(self: &Arc<Self>, record: &Arc<Record>) {
        self.end(record, End::LOST);
        self.lock().remove(record);
    }

    /// Passes recorded events to the readers, the first with this sequence. Returns `false` if the run has ended.
    pub(super) fn append(&self, record: &Record, first: u64, events: Vec<Event>) -> bool {
        let append = |(sequence, event)| record.append_at(sequence, event);
        let is_running = (first..).zip(events).all(append);
        self.make_room(record);
        is_running
    }

    /// Ends a run for all processes, while somebody waits. Returns `false` if it has ended before.
    pub(super) async fn end_for_all(
        self: &Arc<Self>,
        record: &Arc<Record>,
        end: End,
    ) -> Result<bool, RunsError> {
        let ended = self.engine.end(self, record, end, true).await;
        ended.map_err(|_| RunsError::Engine)
    }

    /// Ends a run for all processes, or only in this one if the engine doesn't answer.
    pub(super) async fn end_anyway(self: &Arc<Self>, record: &Arc<Record>, end: End) {
        if self.end_for_all(record, end.clone()).await.is_err() {
            self.engine.end_locally(self, record, end);
        }
    }

    /// Ends a run in this process. Returns `false` if it has ended before. From then on another can begin.
    pub(super) fn end(self: &Arc<Self>, record: &Arc<Record>, end: End) -> bool {
        let until = Instant::now().checked_add(self.limits.keep);
        let mut state = self.lock();
        // Under the lock, so that whoever sees the end can start another run.
        let Some(end) = record.end(end, until) else { return false };
        state.running -= 1;
        state.ended.push_back((until, Arc::downgrade(record)));
        let is_quiet = state.running == 0;
        let starts_sweep = !std::mem::replace(&mut state.is_swept, true);
        drop(state);
        self.totals.count_end(end.state);
        trace::ended(&record.id, &end);
        record.tell_end();
        if is_quiet {
            self.quiet.notify_waiters();
        }
        if starts_sweep {
            sweep::start(self);
        }
        true
    }

    /// Removes runs, those that ended first, until all runs together take no more bytes than allowed.
    /// If that is not enough, this run gives up its beginning.
    pub(super) fn make_room(&self, record: &Record) {
        while self.is_too_large() {
            let Some(oldest) = self.take_oldest() else { return record.shrink(self.max()) };
            oldest.clear();
        }
    }

    fn max(&self) -> usize {
        self.limits.max_total_bytes
    }

    fn is_too_large(&self) -> bool {
        self.totals.bytes.load(Ordering::Relaxed) > self.max()
    }

    /// Takes out the run that ended first, if any has.
    fn take_oldest(&self) -> Option<Arc<Record>> {
        let mut state = self.lock();
        loop {
            let ended = state.lingering.pop();
            let ended = ended.or_else(|| state.ended.pop_front().map(|(_, run)| run))?;
            if let Some(record) = ended.upgrade() {
                state.remove(&record);
                return Some(record);
            }
        }
    }

    /// Removes the runs whose time is over.
    pub(super) fn sweep(&self) {
        let (mut over, now) = (Vec::new(), Instant::now());
        let mut state = self.lock();
        while state.ended.front().is_some_and(|(until, _)| is_over(*until, now)) {
            let Some((_, run)) = state.ended.pop_front() else { break };
            if let Some(record) = run.upgrade() {
                state.remove(&record);
                state.lingering.push(run);
                over.push(record);
            }
        }
        drop(state);
        // Those that nobody holds are gone now.
        drop(over);
        self.lock().lingering.retain(|run| run.strong_count() > 0);
    }

    /// Returns when to sweep again. If there is nothing left to sweep, the next end starts another sweep.
    pub(super) fn next_sweep(&self) -> Option<Instant> {
        let mut state = self.lock();
        let next = state.ended.front().and_then(|(until, _)| *until);
        state.is_swept = next.is_some();
        next
    }

    /// Notes that no task sweeps any more.
    pub(super) fn is_not_swept(&self) {
        self.lock().is_swept = false;
    }

    /// Returns after how long without readers to stop a run. Learning of readers elsewhere takes up to a lease.
    pub(super) fn abandon_after(&self) -> Option<Duration> {
        let least = self.engine.lease().unwrap_or_default();
        self.limits.abandon_after.map(|after| after.max(least))
    }

    /// Lets no more runs begin.
    pub(super) fn close(&self) {
        self.lock().is_closed = true;
    }

    /// Resolves when no run is running.
    pub(super) async fn quiet(&self) {
        loop {
            let quiet = self.quiet.notified();
            if self.lock().running == 0 {
                return;
            }
            quiet.await;
        }
    }

    pub(super) fn running(&self) -> Vec<Arc<Record>> {
        let state = self.lock();
        state.runs.values().filter(|run| run.is_running()).cloned().collect()
    }

    /// Returns how many are running, and how many have ended and can still be found.
    pub(super) fn counts(&self) -> (usize, usize) {
        self.sweep();
        let state = self.lock();
        (state.running, state.runs.len() - state.running)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Removes a run, unless another with its ID has replaced it.
    fn remove(&mut self, record: &Arc<Record>) {
        if self.runs.get(&record.id).is_some_and(|run| Arc::ptr_eq(run, record)) {
            self.runs.remove(&record.id);
            shrink_map(&mut self.runs);
        }
    }
}

fn is_over(until: Until, now: Instant) -> bool {
    until.is_some_and(|until| until <= now)
}

#[cfg(test)]
mod tests {
    use tokio::time::sleep;

    use super::super::memory::Memory;
    use super::*;

    fn registry(limits: Limits) -> Arc<Registry> {
        Arc::new(Registry::new(limits, Arc::new(Memory)))
    }

    fn ended(registry: &Arc<Registry>, id: &str) -> Weak<Record> {
        let record = registry.begin(id, Seal::random()).ok().expect("it begins");
        assert!(record.append(Event::data("x")) && registry.end(&record, End::FINISHED));
        Arc::downgrade(&record)
    }

    #[tokio::test(start_paused = true)]
    async fn runs_are_freed_when_their_time_is_over_without_any_call() {
        let registry = registry(Limits { keep: Duration::from_secs(60), ..Limits::default() });
        let first = ended(&registry, "first");
        sleep(Duration::from_secs(30)).await;
        let second = ended(&registry, "second");
        sleep(Duration::from_secs(31)).await;
        assert_eq!((first.strong_count(), second.strong_count()), (0, 1));
        sleep(Duration::from_secs(30)).await;
        assert_eq!(second.strong_count(), 0);
        let third = ended(&registry, "third");
        sleep(Duration::from_secs(61)).await;
        assert_eq!(third.strong_count(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_is_read_for_longer_than_it_is_kept_still_makes_room() {
        let limits =
            Limits { keep: Duration::from_secs(60), max_total_bytes: 800, ..Limits::default() };
        let registry = registry(limits);
        let read = registry.begin("read", Seal::random()).ok().expect("it begins");
        assert!(read.append(Event::data("x")) && registry.end(&read, End::FINISHED));
        sleep(Duration::from_secs(100)).await;
        let other = registry.begin("other", Seal::random()).ok().expect("it begins");
        for _ in 0..2 {
            other.append(Event::data("x"));
            registry.make_room(&other);
        }
        assert_eq!((read.evicted_through(), other.evicted_through()), (1, 0));
    }
}
