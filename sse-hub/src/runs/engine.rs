//! Engines of runs: what keeps them, decides which of two that start is first, and records their events.

use std::future::ready;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use sse_runtime::Event;

use super::record::Record;
use super::registry::{Refusal, Registry};
use super::state::End;

/// The engine can't be reached, or refuses what it was asked for.
#[derive(Debug)]
pub(super) struct Unavailable;

pub(super) type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, Unavailable>> + Send + 'a>>;

/// For so long an answer is waited for, where somebody waits for it.
#[cfg(any(feature = "file", feature = "redis"))]
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

pub(super) trait Engine: Send + Sync {
    /// Begins a run, in place of one that has ended. If the future is dropped, the ID is free again.
    fn begin<'a>(
        &'a self,
        registry: &'a Arc<Registry>,
        id: &'a str,
    ) -> Answer<'a, Result<Arc<Record>, Refusal>>;

    /// Where no other process has runs, all that there is is in memory.
    fn find<'a>(
        &'a self,
        registry: &'a Arc<Registry>,
        id: &'a str,
    ) -> Answer<'a, Option<Arc<Record>>> {
        Box::pin(ready(Ok(registry.find(id))))
    }

    /// Records events, of which the first has this sequence, and then hands them to the readers of this
    /// process. Tries until the engine answers. Returns `false` if the run has ended.
    fn append<'a>(
        &'a self,
        registry: &'a Arc<Registry>,
        record: &'a Arc<Record>,
        first: u64,
        events: Vec<Event>,
    ) -> Answer<'a, bool>;

    /// Ends a run for all processes, and returns `false` if it has ended before. Somebody waits for it, unless
    /// the stream itself has ended: then this tries until the engine answers.
    fn end<'a>(
        &'a self,
        registry: &'a Arc<Registry>,
        record: &'a Arc<Record>,
        end: End,
        somebody_waits: bool,
    ) -> Answer<'a, bool>;

    /// Ends a run here, whether or not that can be recorded.
    fn give_up(&self, registry: &Arc<Registry>, record: &Arc<Record>, end: End) {
        registry.end(record, end);
    }

    /// For how long a process that appends nothing to its run may still be producing it.
    fn lease(&self) -> Option<Duration> {
        None
    }
}

/// What reads the runs of other processes, as long as somebody holds it.
pub(super) trait Source: Send + Sync {
    /// Somebody has joined one of them, or waits for its end.
    fn is_wanted(&self);
}
