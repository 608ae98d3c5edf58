//! What happens to runs, for the crate `tracing`.

use super::state::End;

#[cfg(feature = "tracing")]
pub(super) fn started(id: &str) {
    tracing::debug!(run = id, "a run has started");
}

/// The text of a failure is nowhere else to be seen unless a reader asks for it.
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
