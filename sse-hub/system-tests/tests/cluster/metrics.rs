//! A hub's metrics of its engine. Those that are the same on every engine are a part of the suite for all engines.

use std::collections::BTreeMap;

use metrics_exporter_prometheus::PrometheusBuilder;
use sse_hub::Hub;
use sse_runtime::Event;
use system_tests::cluster::gate::Gate;
use tests::patience::until;
use tests::prometheus::values;

use crate::redis;

/// Of each metric, by its name and label.
pub(crate) fn metrics(hub: &Hub) -> BTreeMap<String, f64> {
    let recorder = PrometheusBuilder::new().build_recorder();
    metrics::with_local_recorder(&recorder, || hub.record_metrics());
    values(&recorder.handle().render())
}

/// Waits until the hub's metrics have this value.
async fn tells(hub: &Hub, metric: &str, value: f64) {
    let is_so = || metrics(hub)[metric].total_cmp(&value).is_eq();
    until(&format!("{metric} is {value}"), is_so).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_tell_how_a_node_stands_with_its_redis() {
    let Some(redis) = redis("a hub's metrics", &[]).await else { return };
    let gate = Gate::to(redis.address()).await;
    let hub = Hub::connect(&gate.url()).await.unwrap();
    tells(&hub, "sse_hub_engine_connected", 1.0).await;

    gate.close();
    tells(&hub, "sse_hub_engine_connected", 0.0).await;
    let published = [1, 2, 3].map(|number| hub.publish("a", Event::data(number)));
    tells(&hub, "sse_hub_engine_queued", 3.0).await;
    gate.open();
    for published in published {
        // Redis may have the event, since its answer may have come too late.
        _ = published.await;
    }
    tells(&hub, "sse_hub_engine_queued", 0.0).await;
    tells(&hub, "sse_hub_engine_connected", 1.0).await;
    tells(&hub, "sse_hub_engine_behind", 0.0).await;
    tells(&hub, "sse_hub_engine_epochs_total", 0.0).await;

    redis.ask(&["FLUSHALL"]).await;
    tells(&hub, "sse_hub_engine_epochs_total", 1.0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_tell_how_far_a_node_is_behind_its_redis() {
    let Some(redis) = redis("a node's lag", &[]).await else { return };
    let hub = Hub::connect(&redis.url()).await.unwrap();
    let gate = Gate::to(redis.address()).await;
    let behind = Hub::connect(&gate.url()).await.unwrap();
    gate.close();
    // Once it has given up its connection, it looks again before it reads.
    tells(&behind, "sse_hub_engine_connected", 0.0).await;
    for number in 0..5 {
        hub.publish("a", Event::data(number)).await.unwrap();
    }
    assert!(metrics(&behind)["sse_hub_appended_total"] < 5.0);
    gate.open();
    tells(&behind, "sse_hub_engine_behind", 5.0).await;
    tells(&behind, "sse_hub_appended_total", 5.0).await;
    tells(&behind, "sse_hub_engine_behind", 0.0).await;
    tells(&behind, "sse_hub_published_total", 0.0).await;
    tells(&hub, "sse_hub_published_total", 5.0).await;
}
