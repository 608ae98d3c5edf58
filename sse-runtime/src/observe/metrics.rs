//! Metrics, through the facade of the crate `metrics`.

use metrics::{
    Counter, Gauge, Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge,
    histogram,
};
use tokio::time::Instant;

use super::{EndReason, Observe};

const BEGUN: &str = "sse_streams_begun_total";
const OPEN: &str = "sse_streams_open";
const ENDED: &str = "sse_streams_ended_total";
const EVENTS: &str = "sse_events_total";
const BYTES: &str = "sse_bytes_total";
const HEARTBEATS: &str = "sse_heartbeats_total";
const FIRST_EVENT: &str = "sse_first_event_seconds";

/// Describes the metrics of streams to the recorder of the crate `metrics`, for the help texts of its
/// exporter. Call it once the recorder is installed.
///
/// | metric | kind | |
/// |---|---|---|
/// | `sse_streams_begun_total` | counter | streams that a server began to send |
/// | `sse_streams_open` | gauge | streams that it is sending |
/// | `sse_streams_ended_total` | counter | streams by how they ended, in the label `reason`: `finished`, `failed`, `shut_down`, `panicked`, or `client_gone` |
/// | `sse_events_total` | counter | events sent |
/// | `sse_bytes_total` | counter | bytes sent, compressed if they are |
/// | `sse_heartbeats_total` | counter | heartbeats sent |
/// | `sse_first_event_seconds` | histogram | time from the beginning of a stream to its first event |
///
/// What the server was given to send counts as sent. The only label is `reason`. A stream uses the
/// recorder that is installed when it begins.
///
/// ```
/// use metrics_exporter_prometheus::PrometheusBuilder;
///
/// let prometheus = PrometheusBuilder::new().install_recorder().unwrap();
/// sse_runtime::describe_metrics();
/// // What a handler for `/metrics` answers:
/// let text = prometheus.render();
/// ```
pub fn describe_metrics() {
    describe_counter!(BEGUN, "Streams that the server began to send.");
    describe_gauge!(OPEN, "Streams that the server is sending.");
    describe_counter!(ENDED, "Streams that ended, by reason.");
    describe_counter!(EVENTS, "Events sent.");
    describe_counter!(BYTES, Unit::Bytes, "Bytes sent, compressed if they are.");
    describe_counter!(HEARTBEATS, "Heartbeats sent.");
    describe_histogram!(
        FIRST_EVENT,
        Unit::Seconds,
        "Time from the beginning of a stream to its first event."
    );
}

/// The metrics of one stream; `None` before it begins.
#[derive(Default)]
pub(crate) struct Metrics(Option<Box<Handles>>);

/// Looked up once for each stream, since to look one up costs more than to count.
struct Handles {
    open: Gauge,
    events: Counter,
    bytes: Counter,
    heartbeats: Counter,
    /// When the stream began, until it has sent an event.
    waits_since: Option<Instant>,
}

impl Observe for Metrics {
    fn begun(&mut self) {
        counter!(BEGUN).increment(1);
        let handles = Handles {
            open: gauge!(OPEN),
            events: counter!(EVENTS),
            bytes: counter!(BYTES),
            heartbeats: counter!(HEARTBEATS),
            waits_since: Some(Instant::now()),
        };
        handles.open.increment(1.0);
        self.0 = Some(Box::new(handles));
    }

    fn sent(&mut self, events: usize, heartbeats: usize, bytes: usize) {
        let Some(handles) = &mut self.0 else { return };
        handles.bytes.increment(bytes as u64);
        if events > 0 {
            handles.events.increment(events as u64);
            if let Some(begun) = handles.waits_since.take() {
                histogram!(FIRST_EVENT).record(begun.elapsed());
            }
        }
        if heartbeats > 0 {
            handles.heartbeats.increment(heartbeats as u64);
        }
    }

    fn ended(&mut self, end: EndReason) {
        if let Some(handles) = self.0.take() {
            handles.open.decrement(1.0);
            counter!(ENDED, "reason" => end.name()).increment(1);
        }
    }
}
