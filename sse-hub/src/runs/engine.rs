//! Engines of runs: they keep runs, record their events and ends, and decide which of two that start is first.

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

pub(super) type EngineFuture<'a, T> =
    Pin<Box<dyn Future<Output = Result<T, Unavailable>> + Send + 'a>>;

/// How long to wait for an answer that a caller waits for.
#[cfg(any(feature = "file", feature = "redis"))]
pub(super) const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

pub(super) trait Engine: Send + Sync {
    /// Begins a run, in place of one with this ID that has ended. If the future is dropped, the ID is free again.
    fn begin<'a>(
        &'a self,
        registry: &'a Arc<Registry>,
        id: &'a str,
    ) -> EngineFuture<'a, Result<Arc<Record>, Refusal>>;

    /// Finds a run. By default in memory: without other processes, every run is there.
    fn find<'a>(
        &'a self,
        registry: &'a Arc<Registry>,
        id: &'a str,
    ) -> EngineFuture<'a, Option<Arc<Record>>> {
        Box::pin(ready(Ok(registry.find(id))))
    }

    /// Records events, the first with this sequence, and then passes them to the readers in this process. Tries until
    /// the engine answers. Returns `false` if the run has ended.
    fn append<'a>(
        &'a self,
        registry: &'a Arc<Registry>,
        record: &'a Arc<Record>,
        first: u64,
        events: Vec<Event>,
    ) -> EngineFuture<'a, bool>;

    /// Ends a run for all processes. Returns `false` if it has ended before. If somebody waits, this fails after a few
    /// seconds without an answer; otherwise, when the stream itself has ended, it tries until the engine answers.
    fn end<'a>(
        &'a self,
        registry: &'a Arc<Registry>,
        record: &'a Arc<Record>,
        end: End,
        somebody_waits: bool,
    ) -> EngineFuture<'a, bool>;

    /// Ends a run in this process, whether or not the end can be recorded.
    fn end_locally(&self, registry: &Arc<Registry>, record: &Arc<Record>, end: End) {
        registry.end(record, end);
    }

    /// Returns how long a process may append nothing to its run before the run is lost, if other processes can
    /// tell.
    fn lease(&self) -> Option<Duration> {
        None
    }
}
