//! Clients that do not keep up with what is published.

use std::time::Duration;

use sse_hub::{Hub, Overflow, Start};
use tokio::time::advance;

use super::reading::{Line, ended, next, now};
use super::{TOO_LONG, last, publish};

fn small() -> Hub {
    // Each `large` event takes more than half of the log.
    Hub::builder().replay(Duration::from_secs(120), 1000).build()
}

fn large() -> String {
    "x".repeat(600)
}

#[tokio::test]
async fn a_slow_client_is_told_of_what_it_missed_and_continues_with_what_is_left() {
    let hub = small();
    let mut events = hub.subscribe("a");
    let begin = hub.position();
    assert_eq!(next(&mut events).await, Line::opening(begin));
    let ids = [publish(&hub, "a", &large()).await, publish(&hub, "a", &large()).await];
    assert_eq!(now(&mut events), [Line::gap(ids[0], "overflow"), Line::event(ids[1], &large())]);
    assert_eq!(hub.stats().gaps, 1);
}

#[tokio::test]
async fn the_newest_event_stays_whatever_its_size() {
    let hub = Hub::builder().replay(Duration::from_secs(120), 0).build();
    let mut events = hub.subscribe("a").announce(false);
    let id = publish(&hub, "a", &large()).await;
    assert_eq!(now(&mut events), [Line::event(id, &large())]);
}

#[tokio::test]
async fn a_slow_client_whose_topics_lost_nothing_is_told_nothing() {
    let hub = small();
    let mut events = hub.subscribe("quiet").announce(false);
    assert_eq!(now(&mut events), []);
    for _ in 0..3 {
        publish(&hub, "noisy", &large()).await;
    }
    assert_eq!(now(&mut events), []);
    assert_eq!(hub.stats().gaps, 0);
}

#[tokio::test]
async fn with_end_the_stream_of_a_slow_client_ends_after_the_gap() {
    let hub = small();
    let mut events = hub.subscribe("a").announce(false).overflow(Overflow::End);
    let mut silent = hub.subscribe("a").overflow(Overflow::End).announce(false).on_gap(|_| None);
    assert_eq!((now(&mut events), now(&mut silent)), (vec![], vec![]));
    let first = publish(&hub, "a", &large()).await;
    publish(&hub, "a", &large()).await;
    assert_eq!(next(&mut events).await, Line::gap(first, "overflow"));
    assert!(ended(&mut events).await && ended(&mut silent).await);
    assert_eq!(hub.stats().subscriptions, 0);
}

#[tokio::test]
async fn who_wants_the_latest_skips_to_the_newest_event_of_each_topic() {
    let hub = Hub::new();
    let mut prices = hub.subscribe(["a", "b"]).latest().announce(false);
    assert_eq!(now(&mut prices), []);
    publish(&hub, "a", "1").await;
    let b = publish(&hub, "b", "2").await;
    publish(&hub, "a", "3").await;
    let a = publish(&hub, "a", "4").await;
    assert_eq!(now(&mut prices), [Line::event(b, "2"), Line::event(a, "4")]);
    let mut new = hub.subscribe(["a", "b"]).latest().start(Start::Earliest).announce(false);
    assert_eq!(now(&mut new), [Line::event(b, "2"), Line::event(a, "4")]);
}

#[tokio::test(start_paused = true)]
async fn who_wants_the_latest_is_told_of_a_gap_only_if_the_newest_event_is_gone() {
    let hub = Hub::new();
    let begin = hub.position();
    publish(&hub, "a", "1").await;
    let gone = publish(&hub, "b", "2").await;
    advance(TOO_LONG).await;
    let kept = publish(&hub, "a", "3").await;
    let resume = |topic: &str| hub.subscribe(topic).latest().resume(last(&begin));
    assert_eq!(now(&mut resume("a")), [Line::opening(gone), Line::event(kept, "3")]);
    assert_eq!(now(&mut resume("b")), [Line::gap(gone, "evicted")]);
}
