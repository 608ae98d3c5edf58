//! Subscriptions that read at most once in a window, on a paused clock.

use std::time::Duration;

use futures::FutureExt as _;
use sse_hub::{Hub, Start, Subscription};
use sse_runtime::Event;
use tokio::time::{Instant, sleep, timeout};

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// Publishes an event at each of these milliseconds, with that number as its data.
fn publish_at<const N: usize>(hub: &Hub, times: [u64; N]) {
    let hub = hub.clone();
    tokio::spawn(async move {
        let start = Instant::now();
        for time in times {
            sleep((start + ms(time)).duration_since(Instant::now())).await;
            hub.publish("numbers", Event::data(time)).await.unwrap();
        }
    });
}

/// Returns what arrives within a second, by the millisecond at which it arrives.
async fn arrivals(mut events: Subscription) -> Vec<(u128, Vec<String>)> {
    let start = Instant::now();
    let mut arrivals = Vec::new();
    while let Ok(Some(first)) = timeout(ms(1000), events.next()).await {
        let mut all = vec![first];
        while let Some(Some(event)) = events.next().now_or_never() {
            all.push(event);
        }
        let data = all.iter().map(|event| event.fields().data.unwrap().to_owned()).collect();
        arrivals.push((start.elapsed().as_millis(), data));
    }
    arrivals
}

fn expected(arrivals: &[(u128, &[&str])]) -> Vec<(u128, Vec<String>)> {
    let owned = |data: &[&str]| data.iter().map(|&text| text.to_owned()).collect();
    arrivals.iter().map(|&(time, data)| (time, owned(data))).collect()
}

#[tokio::test(start_paused = true)]
async fn a_client_is_woken_once_in_a_window() {
    let hub = Hub::new();
    let events = hub.subscribe("numbers").announce(false).coalesce(ms(20));
    publish_at(&hub, [1, 5, 9, 13, 17, 25, 30, 100, 101]);
    let arrivals = arrivals(events).await;
    let windows: [(u128, &[&str]); 5] = [
        (1, &["1"]),
        (21, &["5", "9", "13", "17"]),
        (41, &["25", "30"]),
        (100, &["100"]),
        (120, &["101"]),
    ];
    assert_eq!(arrivals, expected(&windows));
    // Woken for 1 and for 100; the others were read at the ends of their windows.
    assert_eq!(hub.stats().wakes, 2);
}

#[tokio::test(start_paused = true)]
async fn without_it_a_client_is_woken_for_each_event() {
    let hub = Hub::new();
    publish_at(&hub, [1, 5, 9]);
    let arrivals = arrivals(hub.subscribe("numbers").announce(false)).await;
    assert_eq!(arrivals, expected(&[(1, &["1"]), (5, &["5"]), (9, &["9"])]));
    assert_eq!(hub.stats().wakes, 3);
}

#[tokio::test(start_paused = true)]
async fn a_hub_sets_it_for_all_subscriptions_and_each_may_set_its_own() {
    let hub = Hub::builder().coalesce(ms(20)).build();
    let subscribe = || hub.subscribe("numbers").announce(false);
    publish_at(&hub, [1, 5, 9]);
    let (all, own) = tokio::join!(arrivals(subscribe()), arrivals(subscribe().coalesce(ms(0))));
    assert_eq!(all, expected(&[(1, &["1"]), (21, &["5", "9"])]));
    assert_eq!(own, expected(&[(1, &["1"]), (5, &["5"]), (9, &["9"])]));
}

#[tokio::test(start_paused = true)]
async fn what_is_in_the_log_comes_at_once() {
    let hub = Hub::new();
    for number in 0..3 {
        hub.publish("numbers", Event::data(number)).await.unwrap();
    }
    let events = hub.subscribe("numbers").start(Start::Earliest).announce(false).coalesce(ms(20));
    let arrivals = arrivals(events).await;
    assert_eq!(arrivals, expected(&[(0, &["0", "1", "2"])]));
}

#[tokio::test(start_paused = true)]
async fn a_drain_ends_a_subscription_that_waits_for_its_window() {
    let hub = Hub::new();
    let mut events = hub.subscribe("numbers").announce(false).coalesce(ms(20));
    hub.publish("numbers", Event::data(0)).await.unwrap();
    assert!(events.next().await.is_some());
    assert!(events.next().now_or_never().is_none());
    let ((), last) = tokio::join!(hub.drain(Duration::ZERO), async {
        let mut last = None;
        while let Some(event) = events.next().await {
            last = Some(event);
        }
        last
    });
    assert!(last.unwrap().fields().retry.is_some());
}
