//! Ending all subscriptions.

use std::time::Duration;

use sse_hub::Hub;
use tokio::time::Instant;

use crate::publish;
use crate::reading::{Line, next, read};

#[tokio::test(start_paused = true)]
async fn draining_ends_all_subscriptions_spread_over_the_window_each_after_a_retry() {
    let hub = Hub::new();
    let begin = Instant::now();
    let over = Duration::from_secs(20);
    let clients: Vec<_> = (0..100)
        .map(|_| {
            let events = hub.subscribe("a").announce(false);
            tokio::spawn(async move { (read(events).await, begin.elapsed()) })
        })
        .collect();
    tokio::task::yield_now().await;
    hub.drain(over).await;
    let mut ends = Vec::new();
    for client in clients {
        let (lines, end) = client.await.unwrap();
        assert!(matches!(lines[..], [Line { retry: Some(1000..=3000), .. }]), "{lines:?}");
        ends.push(end);
    }
    for part in 0..10 {
        let from = over * part / 10;
        let during = ends.iter().filter(|&&end| end >= from && end < from + over / 10).count();
        assert!((8..=12).contains(&during), "{during} ended in part {part}");
    }
    assert_eq!(hub.stats().subscriptions, 0);
}

#[tokio::test(start_paused = true)]
async fn a_drained_hub_sends_new_subscriptions_away_and_publishes_to_those_that_stay() {
    let hub = Hub::new();
    let begin = Instant::now();
    let mut old = hub.subscribe("a").announce(false);
    let draining = tokio::spawn({
        let hub = hub.clone();
        async move { hub.drain(Duration::from_secs(20)).await }
    });
    tokio::task::yield_now().await;
    let new = read(hub.subscribe("a")).await;
    assert!(matches!(new[..], [Line { retry: Some(1000..=3000), id: None, .. }]), "{new:?}");
    let id = publish(&hub, "a", "1").await;
    assert_eq!(next(&mut old).await, Line::event(id, "1"));
    assert!(!draining.is_finished());
    drop(old);
    draining.await.unwrap();
    assert_eq!(begin.elapsed().as_secs(), 0, "nobody is left to wait for");
    hub.drain(Duration::from_secs(99)).await;
}

#[tokio::test(start_paused = true)]
async fn draining_waits_no_longer_than_its_window_for_a_client_that_is_not_read_from() {
    let hub = Hub::new();
    let stalled = hub.subscribe("a");
    let begin = Instant::now();
    hub.drain(Duration::from_secs(20)).await;
    assert_eq!(begin.elapsed().as_secs(), 20);
    assert_eq!(read(stalled).await.len(), 1, "the farewell, once it is read");
}
