//! What takes the metrics and traces of the streams, as in a server that is watched: a recorder
//! that counts as Prometheus' does, and a subscriber that formats spans for nobody to read.

use std::io::sink;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use metrics::{
    Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit,
    set_global_recorder,
};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{Registry, fmt};

/// Installs what this part of the program measures; other parts have nobody to report to.
pub(crate) fn install(part: &str) {
    match part {
        "metrics" => set_global_recorder(Atomics).expect("the first"),
        "traces" => {
            let subscriber = Registry::default().with(fmt::layer().with_writer(sink));
            tracing::subscriber::set_global_default(subscriber).expect("the first");
        }
        _ => {}
    }
}

/// Prometheus' recorder measures the speed of its clock when it is made, by as many instructions as
/// fit into a while, so it can't be a part of what is counted in instructions.
struct Atomics;

impl Recorder for Atomics {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(Arc::new(AtomicU64::new(0)))
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(Arc::new(AtomicU64::new(0)))
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}
