//! Ending all subscriptions.

use std::time::Duration;

use futures::FutureExt as _;
use futures::stream::FusedStream as _;
use sse_hub::{Hub, Resumed};
use tokio::time::{Instant, advance, timeout};

use super::reading::{Line, ended, next, now, read};
use super::{TOO_LONG, last, publish};

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
async fn draining_waits_a_second_longer_than_its_window_for_a_client_that_is_not_read_from() {
    let hub = Hub::new();
    let stalled = hub.subscribe("a");
    let begin = Instant::now();
    hub.drain(Duration::from_secs(20)).await;
    assert_eq!(begin.elapsed().as_secs(), 21);
    assert_eq!(read(stalled).await.len(), 2, "the opening and the farewell, once it is read");
}

#[tokio::test]
async fn draining_resolves_when_nobody_is_left_however_busy_the_runtime_is() {
    for _ in 0..5 {
        let hub = Hub::new();
        for _ in 0..50 {
            tokio::spawn(read(hub.subscribe("a")));
        }
        tokio::task::yield_now().await;
        hub.drain(Duration::from_millis(3)).await;
        assert_eq!(hub.stats().subscriptions, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn draining_does_not_wait_for_the_end_of_a_pause() {
    let hub = Hub::builder().coalesce(Duration::from_secs(5)).build();
    let mut events = hub.subscribe("a").announce(false);
    publish(&hub, "a", "1").await;
    let begin = Instant::now();
    let reading = tokio::spawn(async move {
        next(&mut events).await;
        read(events).await
    });
    tokio::task::yield_now().await;
    hub.drain(Duration::from_millis(300)).await;
    assert_eq!(hub.stats().subscriptions, 0);
    let lines = reading.await.unwrap();
    assert!(matches!(lines[..], [Line { retry: Some(_), .. }]), "{lines:?}");
    assert!(begin.elapsed() <= Duration::from_millis(301), "{:?}", begin.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_drained_subscription_opens_says_farewell_and_then_has_ended() {
    let hub = Hub::new();
    let position = publish(&hub, "a", "1").await;
    let mut asked = hub.subscribe("a").resume(last(&position));
    let mut not_asked = hub.subscribe("a");
    assert_eq!(asked.resumed().await, Resumed::Complete);
    let _ = hub.drain(Duration::ZERO).now_or_never();
    for events in [&mut asked, &mut not_asked] {
        assert_eq!(next(events).await, Line::opening(position));
        assert!(!events.is_terminated());
        assert!(matches!(next(events).await, Line { retry: Some(_), id: None, .. }));
        assert!(events.is_terminated());
        assert!(ended(events).await && ended(events).await);
    }
    let begin = Instant::now();
    hub.drain(Duration::ZERO).await;
    assert_eq!(begin.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_is_told_of_a_gap_is_told_before_the_farewell() {
    let hub = Hub::new();
    let elsewhere = publish(&Hub::new(), "a", "1").await;
    let mut events = hub.subscribe("a").resume(last(&elsewhere));
    let _ = hub.drain(Duration::ZERO).now_or_never();
    let lines = read(&mut events).await;
    let [gap, Line { retry: Some(_), .. }] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!(*gap, Line::gap(hub.position(), "unknown"));
    assert_eq!(hub.stats().gaps, 1);
}

#[tokio::test]
async fn nobody_loads_a_state_for_a_stream_that_ends_at_once() {
    let hub = Hub::new();
    let _ = hub.drain(Duration::ZERO).now_or_never();
    for topic in ["a", ""] {
        assert_eq!(hub.subscribe(topic).resumed().await, Resumed::Complete, "{topic:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_drain_that_begins_while_a_subscription_reads_still_ends_it() {
    let hub = Hub::new();
    let drained = hub.clone();
    let mut events = hub.subscribe("a").announce(false).on_gap(move |_| {
        let _ = drained.drain(Duration::from_secs(1)).now_or_never();
        None
    });
    assert_eq!(now(&mut events), []);
    publish(&hub, "a", "gone before it is read").await;
    advance(TOO_LONG).await;
    assert_eq!(hub.stats().events, 0);
    let begin = Instant::now();
    let lines = timeout(Duration::from_secs(60), read(events)).await.expect("it ends");
    assert!(matches!(lines[..], [Line { retry: Some(_), .. }]), "{lines:?}");
    // A timeout polls once more when its time is over, so this holds even if nobody is woken.
    assert!(begin.elapsed() <= Duration::from_secs(1), "{:?}", begin.elapsed());
}

#[tokio::test(start_paused = true)]
async fn draining_takes_a_day_at_most() {
    let hub = Hub::new();
    let _stalled = hub.subscribe("a");
    let begin = Instant::now();
    hub.drain(Duration::MAX).await;
    assert_eq!(begin.elapsed().as_secs(), 24 * 60 * 60 + 1);
}

#[tokio::test(start_paused = true)]
async fn a_second_drain_waits_for_the_first() {
    let hub = Hub::new();
    let mut events = hub.subscribe("a").announce(false);
    let reading = tokio::spawn(async move { events.next().await });
    let begin = Instant::now();
    let _ = hub.drain(Duration::from_secs(20)).now_or_never();
    hub.drain(Duration::ZERO).await;
    assert!(reading.await.unwrap().is_some() && begin.elapsed() <= Duration::from_secs(20));
    assert_eq!(hub.stats().subscriptions, 0);
}
