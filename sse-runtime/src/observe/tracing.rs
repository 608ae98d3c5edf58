//! Traces: a span for each stream.

use tracing::Span;
use tracing::field::{Empty, display};

use super::{EndReason, Observe};
use crate::error::Error;

/// The stream's span, whose parent is the span in which the response was made.
pub(crate) struct Trace {
    span: Span,
    events: u64,
    heartbeats: u64,
    bytes: u64,
}

impl Default for Trace {
    fn default() -> Self {
        let span = tracing::info_span!(
            "event_stream",
            events = Empty,
            heartbeats = Empty,
            bytes = Empty,
            end = Empty,
            error = Empty,
        );
        Self { span, events: 0, heartbeats: 0, bytes: 0 }
    }
}

impl Trace {
    /// Polls the block within its stream's span, to which its own traces then belong.
    #[inline]
    pub(super) fn within<T>(&self, poll: impl FnOnce() -> T) -> T {
        self.span.in_scope(poll)
    }
}

impl Observe for Trace {
    #[inline]
    fn sent(&mut self, events: usize, heartbeats: usize, bytes: usize) {
        self.events += events as u64;
        self.heartbeats += heartbeats as u64;
        self.bytes += bytes as u64;
    }

    fn failed(&mut self, error: &Error) {
        self.span.record("error", display(error));
    }

    fn ended(&mut self, end: EndReason) {
        self.span.record("events", self.events);
        self.span.record("heartbeats", self.heartbeats);
        self.span.record("bytes", self.bytes);
        self.span.record("end", end.name());
        self.span.in_scope(|| {
            tracing::debug!(
                events = self.events,
                bytes = self.bytes,
                end = end.name(),
                "the event stream ended"
            );
        });
    }
}
