//! Errors: of starting a run, of finding one, and of reading one.

use std::error::Error;
use std::fmt;

use super::state::End;
use super::{Run, RunState};
use crate::event_id::EventId;

/// Why a run was not started.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum StartError {
    /// A run with this ID is running already. This is that run.
    Running(Run),
    /// The ID is empty or has more than 255 bytes.
    Id,
    /// As many runs are running as [`max_runs`](crate::RunsBuilder::max_runs) allows.
    TooManyRuns,
    /// [`shutdown`](crate::Runs::shutdown) has been called.
    Closed,
    /// The engine can't be reached, or refused the run.
    Engine,
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Running(_) => "a run with this ID is running already",
            Self::Id => INVALID_ID,
            Self::TooManyRuns => "as many runs are running as the settings allow",
            Self::Closed => "no more runs are started, because the process is shutting down",
            Self::Engine => NO_ENGINE,
        })
    }
}

impl Error for StartError {}

/// Why a run could not be found or stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RunsError {
    /// The ID is empty or has more than 255 bytes.
    Id,
    /// The engine can't be reached.
    Engine,
}

impl fmt::Display for RunsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Id => INVALID_ID,
            Self::Engine => NO_ENGINE,
        })
    }
}

impl Error for RunsError {}

const INVALID_ID: &str = "the ID of a run has 1 to 255 bytes";
const NO_ENGINE: &str = "the engine of the runs can't be reached";

/// The last item of a run that didn't finish: it failed, was stopped, or was lost.
///
/// What it displays is safe to show to clients. The text of a failure may contain anything, and is not displayed: see
/// [`text`](Self::text).
///
/// ```
/// # use sse_hub::Run;
/// # use sse_runtime::{Event, EventStream};
/// // Sends the end as an event, which a client receives once, since it has an ID.
/// fn rejoin(run: &Run) -> EventStream![] {
///     EventStream::from(run.join())
///         .on_error(|error| Event::data(&error.to_string()).event("ended").id(error.id()))
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunError(Box<Ended>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Ended {
    end: End,
    id: String,
}

impl RunError {
    pub(super) fn new(end: End, id: EventId) -> Self {
        Self(Box::new(Ended { end, id: id.to_string() }))
    }

    /// Returns how the run ended.
    pub fn state(&self) -> RunState {
        self.0.end.state
    }

    /// Returns the position of the end: the ID for an event that tells a client of the end. A client that sends this
    /// ID back has received everything: see [`Run::remains`].
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// Returns what went wrong, if the run failed: the text of the stream's error or panic, or the limit that was
    /// exceeded. It may be cut off after 16 KiB.
    ///
    /// It is meant for the server's log, since an error may say things that are not for clients.
    pub fn text(&self) -> Option<&str> {
        self.0.end.text.as_deref()
    }
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.state() {
            RunState::Stopped => "the run was stopped",
            RunState::Lost => "the run was lost",
            _ => "the run failed",
        })
    }
}

impl Error for RunError {}
