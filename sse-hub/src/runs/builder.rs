//! The settings of runs.

use std::time::Duration;

use super::Runs;
#[cfg(feature = "file")]
use super::file;
use super::limits::Limits;
#[cfg(feature = "redis")]
use super::redis;
use crate::error::ConnectError;

/// A renewal has to cross a network in time.
const SHORTEST_LEASE: Duration = Duration::from_millis(100);
const LONGEST_LEASE: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The settings of [`Runs`]: see [`Runs::builder`].
#[derive(Clone, Debug, Default)]
#[must_use = "a builder does nothing until `build` or `connect` is called"]
pub struct RunsBuilder {
    limits: Limits,
}

impl RunsBuilder {
    /// Sets for how long a run can be found and joined after its end. The default is 5 minutes.
    ///
    /// It should cover the time in which a client notices a lost connection and comes back. A client
    /// that comes later has to be given the result in another way, such as from a database.
    pub fn keep(mut self, after_its_end: Duration) -> Self {
        self.limits.keep = after_its_end;
        self
    }

    /// Sets how many bytes the events of a run may take. The default is 16 MiB.
    ///
    /// A run that becomes larger goes on, but loses its beginning: whoever joins it then, or reads too slowly,
    /// receives an event named `gap`. The newest event stays, whatever its size.
    ///
    /// Each event counts as about the memory it takes: 300 bytes, and twice its length.
    pub fn max_bytes(mut self, of_a_run: usize) -> Self {
        self.limits.max_bytes = of_a_run;
        self
    }

    /// Sets how many bytes the events of all runs of this process may take. The default is 1 GiB.
    ///
    /// If there are more, the runs that ended first are removed, and their readers receive a `gap`. If
    /// none that has ended is left, the run that grows loses its beginning.
    pub fn max_total_bytes(mut self, bytes: usize) -> Self {
        self.limits.max_total_bytes = bytes;
        self
    }

    /// Sets how many bytes an event may have as it is sent, not counting its ID. A larger one fails the
    /// run. The default is 1 MiB.
    pub fn max_event_bytes(mut self, bytes: usize) -> Self {
        self.limits.max_event_bytes = bytes;
        self
    }

    /// Sets how many runs may be running in this process at the same time. Starting another is an error. The default is
    /// 10,000.
    pub fn max_runs(mut self, running: usize) -> Self {
        self.limits.max_runs = running;
        self
    }

    /// Sets how long a run may take. One that takes longer fails, and its stream is dropped, so that a model that
    /// hangs doesn't occupy a place for ever. The default is `None`: no limit.
    pub fn max_duration(mut self, of_a_run: Option<Duration>) -> Self {
        self.limits.max_duration = of_a_run;
        self
    }

    /// Stops a run once nobody has been reading it for this long. The time without readers counts from the start. The
    /// default is `None`: a run goes on without readers.
    ///
    /// A [`Join`](crate::Join) is a reader until it is dropped, whether or not it is polled. A
    /// [`Run`](crate::Run) is not. Leave readers enough time to reload a page. Where several processes share the
    /// runs, a shorter time counts as one [lease](Self::lease).
    pub fn abandon_after(mut self, nobody_for: Option<Duration>) -> Self {
        self.limits.abandon_after = nobody_for;
        self
    }

    /// Sets how long a process may be silent before its runs are [lost](crate::RunState::Lost), where several
    /// processes share them. The default is 10 seconds.
    ///
    /// A process renews its leases three times as often, and may notice only then that another process has stopped
    /// its run. The lease is at least 100 milliseconds and at most a year.
    pub fn lease(mut self, lease: Duration) -> Self {
        self.limits.lease = lease.clamp(SHORTEST_LEASE, LONGEST_LEASE);
        self
    }

    /// Creates runs in memory, for the clients of this process.
    pub fn build(self) -> Runs {
        Runs::in_memory(self.limits)
    }

    /// Creates runs on the engine that the URL names: `memory:` for runs of this process alone,
    /// `file:/var/lib/app/runs` for runs that are kept in that folder, and `redis://…` or `rediss://…` for runs that
    /// many processes share. A folder belongs to one process at a time, and is created if its parent is there.
    ///
    /// # Errors
    ///
    /// If the scheme of the URL is not one of these, if its feature is not enabled, if Redis can't be reached, or if
    /// the folder can't be used: because it is in use, can't be created or written to, or holds something else.
    ///
    /// # Panics
    ///
    /// With Redis, if it is called outside of a Tokio runtime with I/O and time enabled.
    #[allow(clippy::unused_async, reason = "to connect over a network takes time")]
    pub async fn connect(self, url: &str) -> Result<Runs, ConnectError> {
        match url.split_once(':') {
            Some(("memory", _)) => Ok(self.build()),
            #[cfg(feature = "file")]
            Some(("file", _)) => Ok(Runs { registry: file::connect(self.limits, url).await? }),
            #[cfg(not(feature = "file"))]
            Some(("file", _)) => Err(ConnectError::FileIsOff),
            #[cfg(feature = "redis")]
            Some(("redis" | "rediss", _)) => {
                Ok(Runs { registry: redis::connect(self.limits, url).await? })
            }
            #[cfg(not(feature = "redis"))]
            Some(("redis" | "rediss", _)) => Err(ConnectError::RedisIsOff),
            _ => Err(ConnectError::Scheme),
        }
    }
}
