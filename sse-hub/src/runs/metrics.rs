//! Metrics of runs, through the facade of the crate `metrics`.

use metrics::{Unit, counter, describe_counter, describe_gauge, gauge};

use super::Runs;

const RUNNING: &str = "sse_runs_running";
const KEPT: &str = "sse_runs_kept";
const READERS: &str = "sse_runs_readers";
const BYTES: &str = "sse_runs_bytes";
const STARTED: &str = "sse_runs_started_total";
const ENDED: &str = "sse_runs_ended_total";
const EVENTS: &str = "sse_runs_events_total";
const GAPS: &str = "sse_runs_gaps_total";

impl Runs {
    /// Passes what [`stats`](Self::stats) returns to the recorder of the crate `metrics`. Call it before metrics
    /// are collected, or every few seconds. It adds nothing to the cost of producing and reading.
    ///
    /// | metric | kind | |
    /// |---|---|---|
    /// | `sse_runs_running`, `sse_runs_kept` | gauges | runs that are being produced, and runs that have ended and can still be joined |
    /// | `sse_runs_readers` | gauge | readers that have not reached the end |
    /// | `sse_runs_bytes` | gauge | what the events of all runs take |
    /// | `sse_runs_started_total` | counter | runs that were started |
    /// | `sse_runs_ended_total` | counter | runs that ended, by `state`: `finished`, `failed`, `stopped` and `lost` |
    /// | `sse_runs_events_total` | counter | events that were recorded |
    /// | `sse_runs_gaps_total` | counter | gaps that readers were told of |
    ///
    /// No metric has the run as a label. For help texts, call [`describe_metrics`](crate::describe_metrics).
    ///
    /// Needs the feature `metrics`.
    ///
    /// ```
    /// use metrics_exporter_prometheus::PrometheusBuilder;
    /// use sse_hub::Runs;
    ///
    /// let prometheus = PrometheusBuilder::new().install_recorder().unwrap();
    /// sse_hub::describe_metrics();
    /// let runs = Runs::new();
    ///
    /// // In the handler for `/metrics`:
    /// runs.record_metrics();
    /// assert!(prometheus.render().contains("sse_runs_running 0"));
    /// ```
    pub fn record_metrics(&self) {
        let stats = self.stats();
        for (name, value) in [
            (RUNNING, stats.running),
            (KEPT, stats.kept),
            (READERS, stats.readers),
            (BYTES, stats.bytes),
        ] {
            #[allow(clippy::cast_precision_loss, reason = "a gauge is a float")]
            gauge!(name).set(value as f64);
        }
        for (name, value) in [(STARTED, stats.started), (EVENTS, stats.events), (GAPS, stats.gaps)]
        {
            counter!(name).absolute(value);
        }
        for (state, value) in [
            ("finished", stats.finished),
            ("failed", stats.failed),
            ("stopped", stats.stopped),
            ("lost", stats.lost),
        ] {
            counter!(ENDED, "state" => state).absolute(value);
        }
    }
}

pub(crate) fn describe() {
    describe_gauge!(RUNNING, "Runs that are being produced.");
    describe_gauge!(KEPT, "Runs that have ended and can still be joined.");
    describe_gauge!(READERS, "Readers of runs that have not reached the end.");
    describe_gauge!(BYTES, Unit::Bytes, "Bytes of the events of all runs.");
    describe_counter!(STARTED, "Runs that were started.");
    describe_counter!(ENDED, "Runs that have ended, by state.");
    describe_counter!(EVENTS, "Events of runs that were recorded.");
    describe_counter!(GAPS, "Gaps that readers of runs were told of.");
}
