//! Metrics and traces of streams, each with the feature of its name.
//!
//! Both are notified once per batch of events, never for each event.

#[cfg(feature = "metrics")]
mod metrics;
#[cfg(feature = "tracing")]
mod tracing;

use crate::error::Error;
#[cfg(feature = "metrics")]
pub use metrics::describe_metrics;

#[cfg(feature = "metrics")]
type Metrics = metrics::Metrics;
#[cfg(not(feature = "metrics"))]
type Metrics = Disabled;

#[cfg(feature = "tracing")]
type Trace = tracing::Trace;
#[cfg(not(feature = "tracing"))]
type Trace = Disabled;

/// How a stream ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EndReason {
    Finished,
    Failed,
    /// After the signal, by itself or because its time was over.
    ShutDown,
    Panicked,
    /// It was dropped before its end.
    ClientGone,
}

impl EndReason {
    #[cfg_attr(not(any(feature = "metrics", feature = "tracing")), allow(dead_code))]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::Failed => "failed",
            Self::ShutDown => "shut_down",
            Self::Panicked => "panicked",
            Self::ClientGone => "client_gone",
        }
    }
}

/// Is notified of what happens to a stream.
trait Observe: Default {
    /// The stream is about to be polled for the first time.
    fn begun(&mut self) {}

    fn sent(&mut self, _events: usize, _heartbeats: usize, _bytes: usize) {}

    fn failed(&mut self, _error: &Error) {}

    fn ended(&mut self, _end: EndReason) {}
}

/// Stands in for a feature that is off.
#[cfg(not(all(feature = "metrics", feature = "tracing")))]
#[derive(Default)]
struct Disabled;

#[cfg(not(all(feature = "metrics", feature = "tracing")))]
impl Observe for Disabled {}

/// Notifies the metrics and the trace of one stream.
pub(crate) struct Observer {
    stage: Stage,
    metrics: Metrics,
    trace: Trace,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Made,
    Open,
    Ended,
}

impl Observer {
    pub(crate) const ON: bool = cfg!(any(feature = "metrics", feature = "tracing"));

    pub(crate) fn new() -> Self {
        Self { stage: Stage::Made, metrics: Metrics::default(), trace: Trace::default() }
    }

    #[inline]
    pub(crate) fn begin(&mut self) {
        if Self::ON && self.stage == Stage::Made {
            self.stage = Stage::Open;
            self.metrics.begun();
            self.trace.begun();
        }
    }

    /// Polls within the stream's span.
    #[inline]
    #[cfg_attr(
        not(feature = "tracing"),
        allow(clippy::unused_self, reason = "as with the feature")
    )]
    pub(crate) fn within<T>(&self, poll: impl FnOnce() -> T) -> T {
        #[cfg(feature = "tracing")]
        return self.trace.within(poll);
        #[cfg(not(feature = "tracing"))]
        poll()
    }

    #[inline]
    pub(crate) fn sent(&mut self, events: usize, heartbeats: usize, bytes: usize) {
        self.metrics.sent(events, heartbeats, bytes);
        self.trace.sent(events, heartbeats, bytes);
    }

    pub(crate) fn failed(&mut self, error: &Error) {
        if self.stage == Stage::Open {
            self.trace.failed(error);
        }
        self.ended(if error.is_panic() { EndReason::Panicked } else { EndReason::Failed });
    }

    pub(crate) fn ended(&mut self, end: EndReason) {
        if self.stage == Stage::Open {
            self.stage = Stage::Ended;
            self.metrics.ended(end);
            self.trace.ended(end);
        }
    }
}

impl Drop for Observer {
    fn drop(&mut self) {
        if Self::ON {
            let is_panic = std::thread::panicking();
            self.ended(if is_panic { EndReason::Panicked } else { EndReason::ClientGone });
        }
    }
}
