//! Metrics, through the facade of the crate `metrics`.

use metrics::{Unit, counter, describe_counter, describe_gauge, gauge};

use crate::hub::Hub;

const SUBSCRIPTIONS: &str = "sse_hub_subscriptions";
const TOPICS: &str = "sse_hub_topics";
const LOG_EVENTS: &str = "sse_hub_log_events";
const LOG_BYTES: &str = "sse_hub_log_bytes";
const LOG_AGE: &str = "sse_hub_log_age_seconds";
const RETAINED_EVENTS: &str = "sse_hub_retained_events";
const RETAINED_BYTES: &str = "sse_hub_retained_bytes";
const PUBLISHED: &str = "sse_hub_published_total";
const REFUSED: &str = "sse_hub_refused_total";
const UNKNOWN: &str = "sse_hub_unknown_total";
const TIMED_OUT: &str = "sse_hub_timed_out_total";
const APPENDED: &str = "sse_hub_appended_total";
const WAKES: &str = "sse_hub_wakes_total";
const GAPS: &str = "sse_hub_gaps_total";
const CONNECTED: &str = "sse_hub_engine_connected";
const BEHIND: &str = "sse_hub_engine_behind";
const QUEUED: &str = "sse_hub_engine_queued";
const EPOCHS: &str = "sse_hub_engine_epochs_total";

impl Hub {
    /// Hands what [`stats`](Self::stats) tells to the recorder of the crate `metrics`: to be called
    /// before metrics are collected, or every few seconds. Publishing and reading cost nothing more.
    ///
    /// | metric | kind | |
    /// |---|---|---|
    /// | `sse_hub_subscriptions`, `sse_hub_topics` | gauges | of this process |
    /// | `sse_hub_log_events`, `sse_hub_log_bytes`, `sse_hub_log_age_seconds` | gauges | what the log holds, and the age of its oldest event |
    /// | `sse_hub_retained_events`, `sse_hub_retained_bytes` | gauges | what topics [retain](Self::retain) |
    /// | `sse_hub_published_total` | counter | events that this process has published, or handed to the engine |
    /// | `sse_hub_refused_total` | counter | events that were not published, for whatever reason |
    /// | `sse_hub_unknown_total` | counter | events whose outcome is unknown |
    /// | `sse_hub_timed_out_total` | counter | events that were not published because the engine couldn't be reached in time |
    /// | `sse_hub_appended_total` | counter | events that have entered this process's log, of all processes |
    /// | `sse_hub_wakes_total` | counter | subscriptions woken for an event |
    /// | `sse_hub_gaps_total` | counter | gaps, by `reason`: `evicted`, `unknown` and `overflow`, which is a client too slow for the log |
    /// | `sse_hub_engine_connected` | gauge | 1 if the engine answers, else 0 |
    /// | `sse_hub_engine_behind`, `sse_hub_engine_queued` | gauges | events that the engine has and this process doesn't, and those that wait for the engine |
    /// | `sse_hub_engine_epochs_total` | counter | how often the engine has lost events |
    ///
    /// No metric has a label for a topic, as clients may make those up. A process with several
    /// hubs tells them apart by [`metrics::with_local_recorder`] and a recorder that adds a label.
    ///
    /// Needs the feature `metrics`.
    ///
    /// ```
    /// use metrics_exporter_prometheus::PrometheusBuilder;
    /// use sse_hub::Hub;
    ///
    /// let prometheus = PrometheusBuilder::new().install_recorder().unwrap();
    /// sse_hub::describe_metrics();
    /// let hub = Hub::new();
    ///
    /// // In the handler for `/metrics`:
    /// hub.record_metrics();
    /// let text = prometheus.render();
    /// assert!(text.contains("sse_hub_subscriptions 0"));
    /// ```
    pub fn record_metrics(&self) {
        let stats = self.stats();
        for (name, value) in [
            (SUBSCRIPTIONS, stats.subscriptions as u64),
            (TOPICS, stats.topics as u64),
            (LOG_EVENTS, stats.events as u64),
            (LOG_BYTES, stats.bytes as u64),
            (RETAINED_EVENTS, stats.retained as u64),
            (RETAINED_BYTES, stats.retained_bytes as u64),
            (CONNECTED, u64::from(stats.connected)),
            (BEHIND, stats.behind),
            (QUEUED, stats.queued as u64),
        ] {
            #[allow(clippy::cast_precision_loss, reason = "a gauge is a float")]
            gauge!(name).set(value as f64);
        }
        gauge!(LOG_AGE).set(stats.age.as_secs_f64());
        for (name, value) in [
            (PUBLISHED, stats.published),
            (REFUSED, stats.refused),
            (UNKNOWN, stats.unknown),
            (TIMED_OUT, stats.timed_out),
            (APPENDED, stats.appended),
            (WAKES, stats.wakes),
            (EPOCHS, stats.epochs),
        ] {
            counter!(name).absolute(value);
        }
        let others = stats.gaps.saturating_sub(stats.gaps_unknown + stats.gaps_overflow);
        for (reason, value) in [
            ("evicted", others),
            ("unknown", stats.gaps_unknown),
            ("overflow", stats.gaps_overflow),
        ] {
            counter!(GAPS, "reason" => reason).absolute(value);
        }
    }
}

/// Tells the recorder of the crate `metrics` what the metrics of hubs and of runs mean, for the help texts
/// of its exporter. To be called once the recorder is installed: see [`Hub::record_metrics`] and
/// [`Runs::record_metrics`](crate::Runs::record_metrics).
pub fn describe_metrics() {
    describe_gauge!(SUBSCRIPTIONS, "Subscriptions of this process.");
    describe_gauge!(TOPICS, "Topics with events in the log or with subscriptions.");
    describe_gauge!(LOG_EVENTS, "Events in the log.");
    describe_gauge!(LOG_BYTES, Unit::Bytes, "Bytes of the events in the log.");
    describe_gauge!(LOG_AGE, Unit::Seconds, "Age of the oldest event in the log.");
    describe_gauge!(RETAINED_EVENTS, "Events that topics retain.");
    describe_gauge!(RETAINED_BYTES, Unit::Bytes, "Bytes of the events that topics retain.");
    describe_counter!(PUBLISHED, "Events that this process has published.");
    describe_counter!(REFUSED, "Events that were not published.");
    describe_counter!(UNKNOWN, "Events whose outcome is unknown.");
    describe_counter!(TIMED_OUT, "Events that could not be sent to the engine in time.");
    describe_counter!(APPENDED, "Events that have entered this process's log.");
    describe_counter!(WAKES, "Subscriptions woken for an event.");
    describe_counter!(GAPS, "Gaps that clients were told of, by reason.");
    describe_gauge!(CONNECTED, "Whether the engine answers.");
    describe_gauge!(BEHIND, "Events that the engine has and this process does not.");
    describe_gauge!(QUEUED, "Events that wait for the engine.");
    describe_counter!(EPOCHS, "How often the engine has lost events.");
    crate::runs::metrics::describe();
}
