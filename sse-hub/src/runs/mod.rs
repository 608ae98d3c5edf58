//! Streams that outlive their connections.

mod builder;
mod engine;
mod error;
#[cfg(feature = "file")]
mod file;
mod join;
mod limits;
mod log;
#[cfg(all(test, sse_hub_loom))]
mod loom_tests;
mod memory;
#[cfg(feature = "metrics")]
pub(crate) mod metrics;
mod producer;
mod record;
#[cfg(feature = "redis")]
mod redis;
mod registry;
mod run;
mod seal;
mod state;
mod stats;
mod sweep;
mod totals;
mod trace;
mod watch;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use sse_runtime::{EventStream, Stream, StreamItem};
use tokio::task::JoinSet;
use tokio::time::timeout;

pub use builder::RunsBuilder;
pub use error::{RunError, RunsError, StartError};
pub use join::Join;
pub use run::Run;
pub use state::RunState;
pub use stats::RunsStats;

use crate::error::ConnectError;
use limits::Limits;
use memory::Memory;
use producer::Producer;
use registry::Registry;
use state::End;

/// How many bytes the ID of a run can have.
const MAX_ID_BYTES: usize = 255;

/// Runs: streams that are produced once, whoever comes and goes, such as the answer of a language model, a report, or
/// an import.
///
/// A stream that a handler returns lives as long as its connection. One that is given to
/// [`start`](Self::start) is produced by a task of its own, to its end. Anyone can
/// [`find`](Self::find) it by its ID and [`join`](Run::join) it, at any time and as often as they like,
/// and receives every event exactly once and in order, from its beginning or from where they left
/// off, and then its end.
///
/// Cloning gives another handle to the same runs. Dropping all handles stops nothing: runs go on to their
/// ends.
///
/// ```
/// # mod example {
/// # struct State<T>(T);
/// # impl<T> std::ops::Deref for State<T> { type Target = T; fn deref(&self) -> &T { &self.0 } }
/// # enum Status { NoContent, ServiceUnavailable }
/// # type ModelError = std::io::Error;
/// # async fn model(_: String) -> Result<futures::stream::Iter<std::vec::IntoIter<Result<String, ModelError>>>, ModelError> { todo!() }
/// use sse_hub::{RunError, Runs, StartError};
/// use sse_runtime::{Event, EventStream, LastEventId};
///
/// fn answer(prompt: String) -> EventStream![Result<Event, ModelError>] {
///     EventStream! {
///         for await token in model(prompt).await? {
///             yield Event::data(token?);
///         }
///     }
/// }
///
/// // Handlers of your framework: for `POST /chats/<id>`,
/// async fn ask(id: &str, prompt: String, runs: &State<Runs>) -> Result<EventStream![Result<Event, RunError>], Status> {
///     match runs.start(id, answer(prompt)).await {
///         Ok(run) | Err(StartError::Running(run)) => Ok(run.join().into()),
///         Err(_) => Err(Status::ServiceUnavailable),
///     }
/// }
///
/// // and for `GET /chats/<id>`, after a reload or in another tab.
/// async fn rejoin(id: &str, last: Option<LastEventId>, runs: &State<Runs>) -> Result<EventStream![Result<Event, RunError>], Status> {
///     match runs.find(id).await {
///         Ok(Some(run)) if run.remains(last.as_ref()) => Ok(run.join().resume(last).into()),
///         Ok(_) => Err(Status::NoContent), // with 204, an `EventSource` stays away
///         Err(_) => Err(Status::ServiceUnavailable),
///     }
/// }
/// # }
/// ```
///
/// IDs can be guessed, so who may start, join or stop a run is for the handler to decide.
#[derive(Clone)]
pub struct Runs {
    registry: Arc<Registry>,
}

impl Runs {
    /// Creates runs in memory, for the clients of this process, with the default settings of a
    /// [`RunsBuilder`].
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Returns a builder, to set how long runs are kept and what they may take.
    ///
    /// ```
    /// # use sse_hub::Runs;
    /// use std::time::Duration;
    ///
    /// let minute = Duration::from_secs(60);
    /// let runs = Runs::builder().abandon_after(Some(minute)).max_duration(Some(10 * minute)).build();
    /// # assert_eq!(runs.stats().running, 0);
    /// ```
    pub fn builder() -> RunsBuilder {
        RunsBuilder::default()
    }

    /// Connects to the engine that the URL names, with default settings: see [`RunsBuilder::connect`].
    ///
    /// # Errors
    ///
    /// The same as those of [`RunsBuilder::connect`].
    pub async fn connect(url: &str) -> Result<Self, ConnectError> {
        Self::builder().connect(url).await
    }

    fn in_memory(limits: Limits) -> Self {
        Self { registry: Arc::new(Registry::new(limits, Arc::new(Memory))) }
    }

    /// Starts a run: a task of the current runtime produces the stream to its end, whether anyone reads it
    /// or not. The returned run can be joined at once.
    ///
    /// The ID has 1 to 255 bytes. A run with the same ID that has ended is replaced; whoever still reads
    /// it reads on to its end.
    ///
    /// The run sets the IDs of events, and recognizes only its own. A heartbeat and coalescing belong to a response:
    /// set them on the stream that a handler returns, since those of the stream given here do nothing. If this
    /// stream's [shutdown signal](EventStream::with_graceful_shutdown) cuts it off, the run is [lost](RunState::Lost).
    ///
    /// # Errors
    ///
    /// [`StartError::Running`] with the run that has this ID, if it is still running, so that two requests
    /// at once start one run. Other errors if the ID is not valid, if too many runs are running, if the process
    /// is shutting down, or if the engine can't be reached. In all these cases the stream is dropped without having
    /// been polled.
    ///
    /// # Panics
    ///
    /// If it is called outside of a Tokio runtime with time enabled.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), sse_hub::StartError> {
    /// use sse_hub::{RunState, Runs};
    /// use sse_runtime::{Event, EventStream};
    ///
    /// let runs = Runs::new();
    /// let run = runs.start("report", EventStream! { yield Event::data("page 1"); }).await?;
    /// assert_eq!(run.ended().await, RunState::Finished);
    /// # Ok(()) }
    /// ```
    ///
    /// A function of yours that takes the stream says what a run needs of it:
    ///
    /// ```
    /// use sse_hub::{Run, Runs, StartError};
    /// use sse_runtime::{Event, EventStream};
    ///
    /// async fn start(
    ///     runs: &Runs,
    ///     events: EventStream![Event + Send + 'static],
    /// ) -> Result<Run, StartError> {
    ///     runs.start("report", events).await
    /// }
    /// # let _ = start(&Runs::new(), EventStream! { yield Event::empty(); });
    /// ```
    pub async fn start<S>(&self, id: &str, events: EventStream<S>) -> Result<Run, StartError>
    where
        S: Stream<Item: StreamItem> + Send + 'static,
    {
        if !is_valid(id) {
            return Err(StartError::Id);
        }
        let registry = &self.registry;
        // Outside of a runtime, this panics before anything is recorded.
        let runtime = tokio::runtime::Handle::current();
        let begun = registry.engine.begin(registry, id).await;
        let record =
            begun.map_err(|_| StartError::Engine)?.map_err(|refusal| registry.refused(refusal))?;
        let producer = Producer::new(Arc::clone(registry), Arc::clone(&record));
        record.abort_at_end(runtime.spawn(producer.run(events)).abort_handle());
        watch::start(registry, &record);
        Ok(Run::new(record, Arc::clone(registry)))
    }

    /// Finds the run with this ID, if it is running or ended a short time ago: see
    /// [`keep`](RunsBuilder::keep).
    ///
    /// # Errors
    ///
    /// If the ID is not valid, or if the engine can't be reached.
    pub async fn find(&self, id: &str) -> Result<Option<Run>, RunsError> {
        if !is_valid(id) {
            return Err(RunsError::Id);
        }
        let found = self.registry.engine.find(&self.registry, id).await;
        let record = found.map_err(|_| RunsError::Engine)?;
        Ok(record.map(|record| Run::new(record, Arc::clone(&self.registry))))
    }

    /// Stops the run with this ID: see [`Run::stop`]. Returns `false` if none was running.
    ///
    /// This stops whichever run has the ID at the moment. To stop one run and never the next with its ID, keep its
    /// [`Run`] and call [`Run::stop`], or give each run an ID of its own.
    ///
    /// # Errors
    ///
    /// If the ID is not valid, or if the engine can't be reached.
    pub async fn stop(&self, id: &str) -> Result<bool, RunsError> {
        match self.find(id).await? {
            Some(run) => run.stop().await,
            None => Ok(false),
        }
    }

    /// Lets no more runs start, and gives those of this process the given time to finish. Those that haven't finished
    /// by then are [lost](RunState::Lost), and their streams are dropped. Call it before the process stops.
    ///
    /// It resolves as soon as no run is running. If the engine doesn't answer, it takes some seconds longer than the
    /// given time. Dropping the future leaves running what is running.
    ///
    /// # Panics
    ///
    /// If it is called outside of a Tokio runtime with time enabled.
    pub async fn shutdown(&self, within: Duration) {
        self.registry.close();
        if timeout(within, self.registry.quiet()).await.is_err() {
            // All at once, so that an engine that doesn't answer is waited for only once.
            let mut ends = JoinSet::new();
            for run in self.registry.running() {
                let registry = Arc::clone(&self.registry);
                ends.spawn(async move { registry.end_anyway(&run, End::LOST).await });
            }
            while ends.join_next().await.is_some() {}
        }
    }

    /// Returns what the runs of this process are doing, and counts of what has happened.
    pub fn stats(&self) -> RunsStats {
        let (running, kept) = self.registry.counts();
        let totals = &self.registry.totals;
        RunsStats {
            running,
            kept,
            readers: totals.readers.load(Ordering::Relaxed),
            bytes: totals.bytes.load(Ordering::Relaxed),
            started: totals.started.load(Ordering::Relaxed),
            finished: totals.ended(RunState::Finished),
            failed: totals.ended(RunState::Failed),
            stopped: totals.ended(RunState::Stopped),
            lost: totals.ended(RunState::Lost),
            events: totals.events.load(Ordering::Relaxed),
            gaps: totals.gaps.load(Ordering::Relaxed),
        }
    }
}

fn is_valid(id: &str) -> bool {
    (1..=MAX_ID_BYTES).contains(&id.len())
}

impl Default for Runs {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Runs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (running, kept) = self.registry.counts();
        f.debug_struct("Runs")
            .field("running", &running)
            .field("kept", &kept)
            .finish_non_exhaustive()
    }
}
