//! The end of a hub.

use std::time::Duration;

use sse_hub::{Hub, PublishError};
use sse_runtime::Event;
use tokio::time::Instant;

use super::publish;
use super::reading::{Line, read};

#[tokio::test(start_paused = true)]
async fn a_closed_hub_publishes_nothing_and_its_subscriptions_end_over_the_time() {
    let hub = Hub::new();
    let begin = Instant::now();
    let events = hub.subscribe("a").announce(false);
    let reading = tokio::spawn(async move { (read(events).await, begin.elapsed()) });
    let id = publish(&hub, "a", "1").await;
    let closing = tokio::spawn({
        let hub = hub.clone();
        async move { hub.close(Duration::from_secs(20)).await }
    });
    tokio::task::yield_now().await;
    assert_eq!(hub.publish("a", Event::data("2")).await, Err(PublishError::Closed));
    closing.await.unwrap();
    let (lines, end) = reading.await.unwrap();
    assert_eq!(lines[0], Line::event(id, "1"));
    assert!(matches!(lines[1..], [Line { retry: Some(1000..=3000), .. }]), "{lines:?}");
    assert!(end <= Duration::from_secs(20));
    assert_eq!((hub.stats().subscriptions, hub.stats().refused), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn a_hub_is_ready_until_it_is_drained_or_closed() {
    let (drained, closed) = (Hub::new(), Hub::new());
    assert!(drained.is_ready() && closed.is_ready());
    drained.drain(Duration::ZERO).await;
    closed.close(Duration::ZERO).await;
    assert!(!drained.is_ready() && !closed.is_ready());
    assert!(Hub::new().is_ready(), "each by itself");
}

#[tokio::test(start_paused = true)]
async fn all_handles_of_a_closed_hub_are_closed_and_it_can_be_closed_twice() {
    let hub = Hub::new();
    let other = hub.clone();
    hub.close(Duration::ZERO).await;
    other.close(Duration::from_secs(99)).await;
    assert_eq!(other.publish("a", Event::data("1")).await, Err(PublishError::Closed));
}
