//! How a run stands, and how it ended.

use std::sync::Arc;

/// Whether a run is still being produced, and otherwise how it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RunState {
    /// The run is being produced.
    Running,
    /// The stream has ended by itself, and all of it is recorded.
    Finished,
    /// The stream yielded an error, panicked, or exceeded a limit.
    Failed,
    /// The run was [stopped](crate::Run::stop), or abandoned by all of its readers.
    Stopped,
    /// The process or the runtime that produced the run is gone, the run was cut off by a shutdown, or the engine
    /// has lost it.
    Lost,
}

/// How many bytes of a failure's text are kept.
const MAX_TEXT: usize = 16 << 10;

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct End {
    /// Not `Running`.
    pub(super) state: RunState,
    /// What went wrong, if the run failed.
    pub(super) text: Option<Arc<str>>,
}

impl End {
    pub(super) const FINISHED: Self = Self { state: RunState::Finished, text: None };
    pub(super) const STOPPED: Self = Self { state: RunState::Stopped, text: None };
    pub(super) const LOST: Self = Self { state: RunState::Lost, text: None };

    /// Creates a failure. A text that is too long to be kept with a run is cut off.
    pub(super) fn failed(text: &str) -> Self {
        let mut end = text.len().min(MAX_TEXT);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        Self { state: RunState::Failed, text: Some(text[..end].into()) }
    }
}
