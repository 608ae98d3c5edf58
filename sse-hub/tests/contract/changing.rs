//! Topics that come and go while a subscription lives.

use std::time::Duration;

use futures::FutureExt as _;
use sse_hub::{Hub, Start, TopicsError};
use sse_runtime::Event;
use tokio::time::advance;

use super::reading::{Line, id, next, now};
use super::{TOO_LONG, last, publish};

fn data(lines: &[Line]) -> Vec<&str> {
    lines.iter().map(|line| line.data.as_deref().unwrap()).collect()
}

#[tokio::test]
async fn an_added_topic_is_received_from_where_the_subscription_is() {
    let hub = Hub::new();
    let mut events = hub.subscribe("a").announce(false);
    publish(&hub, "b", "before all").await;
    let first = publish(&hub, "a", "1").await;
    assert_eq!(data(&now(&mut events)), ["1"]);
    for (topic, data) in [("b", "2"), ("a", "3"), ("c", "4")] {
        publish(&hub, topic, data).await;
    }
    assert_eq!(events.add(["b", "c", "a"]), Ok(first));
    publish(&hub, "b", "5").await;
    assert_eq!(data(&now(&mut events)), ["2", "3", "4", "5"]);
    assert_eq!(["a", "b", "c"].map(|topic| hub.subscribers(topic)), [1, 1, 1]);
    drop(events);
    assert_eq!(["a", "b", "c"].map(|topic| hub.subscribers(topic)), [0, 0, 0]);
}

#[tokio::test]
async fn one_that_waits_is_woken_by_an_added_topic() {
    let hub = Hub::new();
    let mut events = hub.subscribe("a").announce(false);
    assert!(events.next().now_or_never().is_none());
    events.add("b").unwrap();
    let waits = tokio::spawn(async move { next(&mut events).await });
    tokio::task::yield_now().await;
    let id = publish(&hub, "b", "1").await;
    assert_eq!(waits.await.unwrap(), Line::event(id, "1"));
}

#[tokio::test]
async fn a_removed_topic_is_not_received_any_more_and_can_come_back() {
    let hub = Hub::new();
    let mut events = hub.subscribe(["a", "b"]).announce(false);
    for (topic, data) in [("a", "1"), ("b", "2"), ("a", "3")] {
        publish(&hub, topic, data).await;
    }
    events.remove(["a", "never had", "", "a"]);
    assert_eq!(data(&now(&mut events)), ["2"]);
    assert_eq!((hub.subscribers("a"), hub.subscribers("b")), (0, 1));
    events.add("a").unwrap();
    assert_eq!(data(&now(&mut events)), ["3"], "it has not read past that");
}

#[tokio::test(start_paused = true)]
async fn without_topics_it_waits_and_is_still_drained_and_ended() {
    let hub = Hub::new();
    let without = || {
        let mut events = hub.subscribe("a").announce(false).tag("user:7");
        events.remove("a");
        events
    };
    let (mut ended, mut drained) = (without(), without());
    assert!(now(&mut ended).is_empty() && now(&mut drained).is_empty());
    assert_eq!((hub.stats().topics, hub.stats().subscriptions), (0, 2));
    let mut ends = hub.subscribe("a").tag("user:8");
    ends.remove("a");
    hub.end("user:8", Event::data("bye")).await.unwrap();
    assert_eq!(data(&now(&mut ends)), ["bye"]);
    drop(ended);
    let waits = tokio::spawn(async move { next(&mut drained).await });
    tokio::task::yield_now().await;
    hub.drain(Duration::from_secs(1)).await;
    assert!(waits.await.unwrap().retry.is_some());
}

#[tokio::test]
async fn an_end_takes_added_topics_along_and_nothing_can_be_added_after_it() {
    let hub = Hub::new();
    let mut events = hub.subscribe(["a", "b"]).tag("user:7");
    events.add("c").unwrap();
    events.remove("b");
    hub.end("user:7", Event::data("bye")).await.unwrap();
    events.add("d").unwrap();
    events.remove("a");
    let left = ["a", "b", "c", "d"].map(|topic| hub.subscribers(topic));
    assert_eq!((left, hub.stats().topics), ([0; 4], 0));
    assert_eq!(data(&now(&mut events)), ["bye"]);
    events.add("e").unwrap();
    assert_eq!(hub.stats().topics, 0);
}

#[tokio::test]
async fn topics_that_are_not_valid_or_too_many_change_nothing() {
    let hub = Hub::new();
    let names = |from: usize, to: usize| (from..to).map(|n| n.to_string()).collect::<Vec<_>>();
    let mut events = hub.subscribe(names(0, 100));
    assert_eq!(events.add(["x", ""]), Err(TopicsError::Empty));
    assert_eq!(events.add(names(99, 129)), Err(TopicsError::TooMany));
    assert_eq!(hub.stats().topics, 100);
    assert!(events.add(names(50, 128)).is_ok() && events.add("127").is_ok());
    assert_eq!(hub.stats().topics, 128);
}

#[tokio::test(start_paused = true)]
async fn what_has_left_the_log_is_a_gap_for_a_topic_that_was_added_too_late() {
    let hub = Hub::new();
    let mut events = hub.subscribe("a").announce(false);
    publish(&hub, "b", "1").await;
    let mut other = hub.subscribe("a").announce(false);
    advance(TOO_LONG).await;
    publish(&hub, "c", "evicts it").await;
    events.add("b").unwrap();
    other.add("d").unwrap();
    assert_eq!(next(&mut events).await.event.as_deref(), Some("gap"));
    assert!(now(&mut other).is_empty(), "nothing is missing in that");
}

#[tokio::test]
async fn what_an_added_topic_retains_comes_first_and_once() {
    let hub = Hub::new();
    for (topic, data) in [("a", "1"), ("b", "2")] {
        hub.retain(topic, Event::data(data)).await.unwrap();
    }
    let mut events = hub.subscribe("a");
    assert_eq!(next(&mut events).await.data.as_deref(), Some("1"));
    assert_eq!(next(&mut events).await, Line::opening(hub.position()));
    let before = hub.position();
    let third = hub.retain("c", Event::data("3")).await.unwrap();
    assert_eq!(events.add(["a", "b", "c"]), Ok(before));
    let value = Line { data: Some("2".to_owned()), ..Line::default() };
    assert_eq!(now(&mut events), [value, Line::event(third, "3")]);
}

#[tokio::test]
async fn a_topic_that_is_added_before_the_beginning_is_like_one_from_the_beginning() {
    let hub = Hub::new();
    let first = publish(&hub, "a", "1").await;
    publish(&hub, "b", "2").await;
    let mut all = hub.subscribe("a").start(Start::Earliest).announce(false);
    let mut resumed = hub.subscribe("a").resume(last(&id(first, 0))).announce(false);
    assert_eq!(all.add("b"), Ok(id(first, 2)));
    resumed.add("b").unwrap();
    assert_eq!(data(&now(&mut all)), ["1", "2"]);
    assert_eq!(data(&now(&mut resumed)), ["1", "2"]);
}

#[tokio::test]
async fn one_that_wants_the_latest_wants_it_of_added_topics_too() {
    let hub = Hub::new();
    let mut all = hub.subscribe("a").announce(false).latest();
    let mut some = hub.subscribe("a").announce(false).latest_of("a");
    assert!(now(&mut all).is_empty() && now(&mut some).is_empty());
    all.add("b").unwrap();
    some.add("b").unwrap();
    for data in ["1", "2"] {
        publish(&hub, "b", data).await;
    }
    assert_eq!(data(&now(&mut all)), ["2"]);
    assert_eq!(data(&now(&mut some)), ["1", "2"]);
}

#[tokio::test(start_paused = true)]
async fn one_that_was_quiet_for_long_receives_what_an_added_topic_retains_and_no_gap() {
    let hub = Hub::new();
    let mut events = hub.subscribe("a").announce(false);
    assert!(now(&mut events).is_empty());
    hub.retain("b", Event::data("1")).await.unwrap();
    publish(&hub, "b", "2").await;
    advance(TOO_LONG).await;
    let newest = publish(&hub, "b", "3").await;
    assert_eq!(events.add("b"), Ok(id(newest, 2)));
    let value = Line { data: Some("1".to_owned()), ..Line::default() };
    assert_eq!(now(&mut events), [value, Line::event(newest, "3")]);
}

#[tokio::test(start_paused = true)]
async fn what_it_has_missed_itself_is_a_gap_also_after_a_topic_was_added() {
    let hub = Hub::new();
    let mut events = hub.subscribe("a").announce(false);
    assert!(now(&mut events).is_empty());
    publish(&hub, "a", "missed").await;
    advance(TOO_LONG).await;
    let newest = publish(&hub, "c", "evicts it").await;
    events.add("b").unwrap();
    assert_eq!(now(&mut events), [Line::gap(id(newest, 1), "overflow")]);
}

#[tokio::test]
async fn what_a_removed_topic_retains_is_not_received_any_more() {
    let hub = Hub::new();
    for (topic, data) in [("a", "1"), ("b", "2"), ("c", "3")] {
        hub.retain(topic, Event::data(data)).await.unwrap();
    }
    let mut events = hub.subscribe(["a", "b", "c"]).announce(false);
    assert_eq!(next(&mut events).await.data.as_deref(), Some("1"));
    events.remove("b");
    assert_eq!(data(&now(&mut events)), ["3"]);
}

#[tokio::test(start_paused = true)]
async fn after_a_gap_the_last_value_that_is_left_has_the_position() {
    let hub = Hub::new();
    let mut events = hub.subscribe(["a", "b"]).announce(false).latest();
    assert!(now(&mut events).is_empty());
    for (topic, data) in [("a", "1"), ("b", "2")] {
        hub.retain(topic, Event::data(data)).await.unwrap();
    }
    advance(TOO_LONG).await;
    let newest = publish(&hub, "c", "evicts them").await;
    assert_eq!(next(&mut events).await.event.as_deref(), Some("gap"));
    events.remove("b");
    assert_eq!(now(&mut events), [Line::event(id(newest, 2), "1")]);
}
