//! A handle to a run.

use std::fmt;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use sse_runtime::LastEventId;

use super::record::{END, Record, RunWaiter};
use super::registry::Registry;
use super::state::End;
use super::{Join, RunState, RunsError};

/// A handle to a stream that is or was produced independently of its readers: see [`Runs`](crate::Runs).
///
/// Cloning it gives another handle to the same run. Handles keep only the events alive: the run goes on when all
/// handles are dropped, and a handle doesn't count as a reader.
#[derive(Clone)]
pub struct Run {
    record: Arc<Record>,
    registry: Arc<Registry>,
}

impl Run {
    pub(super) fn new(record: Arc<Record>, registry: Arc<Registry>) -> Self {
        Self { record, registry }
    }

    /// Returns the ID with which the run was started.
    pub fn id(&self) -> &str {
        &self.record.id
    }

    /// Returns whether the run is being produced or how it ended, as far as this process knows.
    pub fn state(&self) -> RunState {
        self.record.state()
    }

    /// Reads the run from its beginning: every event in order, and then its end. Readers neither wait for
    /// each other nor hold up the run.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), sse_hub::StartError> {
    /// use futures::StreamExt as _;
    /// use sse_hub::Runs;
    /// use sse_runtime::{Event, EventStream};
    ///
    /// let runs = Runs::new();
    /// let answer = EventStream! { yield Event::data("Hello"); };
    /// let run = runs.start("chat 7", answer).await?;
    /// let events: Vec<_> = run.join().collect().await;
    /// assert_eq!(events[0].as_ref().unwrap().fields().data, Some("Hello"));
    /// # Ok(()) }
    /// ```
    pub fn join(&self) -> Join {
        Join::new(Arc::clone(&self.record))
    }

    /// Returns whether there is anything to read after the event with this ID, or without an ID, anything at all. If
    /// not, answer `204 No Content`, or an `EventSource` comes back for ever.
    ///
    /// That is the case as long as the run is running. Once it has ended, in whichever way, nothing remains after the
    /// last event, or if there was no event.
    pub fn remains(&self, after: Option<&LastEventId>) -> bool {
        self.record.remains(after)
    }

    /// Stops this run, never a later one with the same ID. Returns `false` if it had ended before.
    ///
    /// When this resolves, the run is recorded as [`Stopped`](RunState::Stopped): its readers receive what came before
    /// and then the error that ends them, and another run with the same ID can be started. The stream is dropped at its
    /// next `await`, or if another process produces it, [within a third of a lease](crate::RunsBuilder::lease); what it
    /// yields until then is not recorded.
    ///
    /// # Errors
    ///
    /// [`RunsError::Engine`], if the engine can't be reached.
    pub async fn stop(&self) -> Result<bool, RunsError> {
        self.registry.end_for_all(&self.record, End::STOPPED).await
    }

    /// Waits until the run has ended, and resolves to how it did.
    pub async fn ended(&self) -> RunState {
        let mut waiter = RunWaiter::new(Arc::clone(&self.record), END);
        let _source = self.record.keep_reading();
        poll_fn(|cx| {
            waiter.register(cx.waker());
            match self.state() {
                RunState::Running => Poll::Pending,
                state => Poll::Ready(state),
            }
        })
        .await
    }
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (id, state) = (self.id(), self.state());
        f.debug_struct("Run").field("id", &id).field("state", &state).finish_non_exhaustive()
    }
}
