//! Reporting the starts and ends of runs to the crate `tracing`.

use super::state::End;

#[cfg(feature = "tracing")]
pub(super) fn started(id: &str) {
    tracing::debug!(run = id, "a run has started");
}

/// Includes the text of a failure, which is otherwise seen only if a reader asks for it.
#[cfg(feature = "tracing")]
pub(super) fn ended(id: &str, end: &End) {
    if let Some(text) = &end.text {
        tracing::warn!(run = id, error = &**text, "a run has failed");
    } else {
        tracing::debug!(run = id, state = ?end.state, "a run has ended");
    }
}

#[cfg(not(feature = "tracing"))]
pub(super) fn started(_: &str) {}

#[cfg(not(feature = "tracing"))]
pub(super) fn ended(_: &str, _: &End) {}
