//! What the metrics of hubs and of runs tell.
#![cfg(feature = "metrics")]
#![allow(clippy::float_cmp, reason = "counts are exact")]

use std::collections::BTreeMap;
use std::time::Duration;

use futures::{FutureExt as _, StreamExt as _};
use metrics_exporter_prometheus::PrometheusBuilder;
use sse_hub::{Hub, Runs};
use sse_runtime::{Event, EventStream, LastEventId};
use tokio::time::advance;

fn metrics(record: impl Fn()) -> BTreeMap<String, f64> {
    let recorder = PrometheusBuilder::new().build_recorder();
    metrics::with_local_recorder(&recorder, || {
        sse_hub::describe_metrics();
        // Counters are set, not added to.
        record();
        record();
    });
    let text = recorder.handle().render();
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let pairs = lines.map(|line| line.rsplit_once(' ').unwrap());
    pairs.map(|(name, value)| (name.to_owned(), value.parse().unwrap())).collect()
}

#[tokio::test(start_paused = true)]
async fn a_hub_tells_what_it_holds_and_what_has_happened() {
    let hub = Hub::builder().replay(Duration::from_secs(60), 1 << 20).max_event_bytes(100).build();
    let mut events = hub.subscribe("news").announce(false);
    assert!(events.next().now_or_never().is_none());
    hub.publish("news", Event::data("a")).await.unwrap();
    hub.publish("news", Event::data("x".repeat(1000))).await.unwrap_err();
    hub.publish("news", Event::data("b").id("mine")).await.unwrap_err();
    hub.retain("light", Event::data("on")).await.unwrap();
    advance(Duration::from_secs(5)).await;

    let told = metrics(|| hub.record_metrics());
    for (name, value) in [
        ("sse_hub_subscriptions", 1.0),
        ("sse_hub_topics", 2.0),
        ("sse_hub_log_events", 2.0),
        ("sse_hub_retained_events", 1.0),
        ("sse_hub_log_age_seconds", 5.0),
        ("sse_hub_published_total", 2.0),
        ("sse_hub_refused_total", 2.0),
        ("sse_hub_appended_total", 2.0),
        ("sse_hub_wakes_total", 1.0),
        ("sse_hub_engine_connected", 1.0),
        ("sse_hub_engine_behind", 0.0),
        ("sse_hub_engine_queued", 0.0),
        ("sse_hub_engine_epochs_total", 0.0),
    ] {
        assert_eq!(told.get(name), Some(&value), "{name}");
    }
    assert!(told["sse_hub_log_bytes"] > 0.0 && told["sse_hub_retained_bytes"] > 0.0);
    assert!(told.keys().all(|name| !name.contains('{') || name.contains("{reason=")));
}

#[test]
fn each_metric_says_what_it_is() {
    let recorder = PrometheusBuilder::new().build_recorder();
    metrics::with_local_recorder(&recorder, || {
        sse_hub::describe_metrics();
        Hub::new().record_metrics();
    });
    let text = recorder.handle().render();
    let count = |kind: &str| text.lines().filter(|line| line.starts_with(kind)).count();
    assert_eq!(count("# HELP"), count("# TYPE"), "{text}");
}

#[tokio::test]
async fn a_hub_tells_what_topics_retain() {
    let hub = Hub::new();
    for (topic, data) in [("light", "on"), ("light", "off"), ("door", "open")] {
        hub.retain(topic, Event::data(data)).await.unwrap();
    }
    let told = metrics(|| hub.record_metrics());
    assert_eq!(told["sse_hub_retained_events"], 2.0);
    assert!(told["sse_hub_retained_bytes"] > 600.0, "{told:?}");
    for topic in ["light", "door"] {
        hub.forget(topic).await.unwrap();
    }
    let told = metrics(|| hub.record_metrics());
    let nothing = ["events", "bytes"].map(|of| told[&format!("sse_hub_retained_{of}")]);
    assert_eq!(nothing, [0.0; 2]);
}

#[tokio::test(start_paused = true)]
async fn gaps_are_told_apart() {
    let hub = Hub::builder().replay(Duration::from_secs(60), 1500).build();
    let first = hub.publish("news", Event::data("first")).await.unwrap();
    let mut slow = hub.subscribe("news").announce(false);
    assert!(slow.next().now_or_never().is_none());
    for _ in 0..20 {
        hub.publish("news", Event::data("more")).await.unwrap();
    }
    let gap = slow.next().await.unwrap();
    assert_eq!(gap.fields().data, Some("overflow"));
    let last = LastEventId::new(first.to_string());
    let evicted = hub.subscribe("news").resume(last).next().await.unwrap();
    assert_eq!(evicted.fields().data, Some("evicted"));
    let unknown = hub.subscribe("news").resume(LastEventId::new("nonsense")).next().await.unwrap();
    assert_eq!(unknown.fields().data, Some("unknown"));

    let told = metrics(|| hub.record_metrics());
    for reason in ["overflow", "evicted", "unknown"] {
        assert_eq!(told[&format!("sse_hub_gaps_total{{reason=\"{reason}\"}}")], 1.0, "{reason}");
    }
}

#[tokio::test]
async fn runs_tell_what_they_do_and_how_they_ended() {
    let runs = Runs::new();
    let done = runs.start("done", EventStream! { yield Event::data("x"); }).await.unwrap();
    let failed = EventStream! { yield Event::data("x").id("mine"); };
    let failed = runs.start("failed", failed).await.unwrap();
    let endless = EventStream! { std::future::pending::<()>().await; yield Event::data("x"); };
    let endless = runs.start("endless", endless).await.unwrap();
    let stopped = EventStream! { std::future::pending::<()>().await; yield Event::data("x"); };
    runs.start("stopped", stopped).await.unwrap().stop().await.unwrap();
    done.ended().await;
    failed.ended().await;
    let _reader = endless.join();
    let gap = done.join().resume(LastEventId::new("nonsense")).next().await;
    assert!(gap.unwrap().is_ok());

    let told = metrics(|| runs.record_metrics());
    for (name, value) in [
        ("sse_runs_running", 1.0),
        ("sse_runs_kept", 3.0),
        ("sse_runs_readers", 1.0),
        ("sse_runs_started_total", 4.0),
        ("sse_runs_events_total", 1.0),
        ("sse_runs_gaps_total", 1.0),
        ("sse_runs_ended_total{state=\"finished\"}", 1.0),
        ("sse_runs_ended_total{state=\"failed\"}", 1.0),
        ("sse_runs_ended_total{state=\"stopped\"}", 1.0),
        ("sse_runs_ended_total{state=\"lost\"}", 0.0),
    ] {
        assert_eq!(told.get(name), Some(&value), "{name}");
    }
    assert!(told["sse_runs_bytes"] > 300.0);
}
