//! The value that a topic retains.

use sse_hub::{Hub, PublishError, Resumed, Start, Subscription};
use sse_runtime::Event;
use tokio::time::advance;

use super::reading::{Line, ended, id, next, now};
use super::{TOO_LONG, last, publish};

/// Returns a line without an ID.
fn value(data: &str) -> Line {
    Line { data: Some(data.to_owned()), ..Line::default() }
}

async fn retain(hub: &Hub, topic: &str, data: &str) -> sse_hub::EventId {
    hub.retain(topic, Event::data(data.to_owned())).await.expect("published")
}

#[tokio::test(start_paused = true)]
async fn a_retained_event_comes_first_without_an_id_and_the_opening_has_the_position() {
    let hub = Hub::new();
    let mut before = hub.subscribe("a").announce(false);
    let first = retain(&hub, "a", "1").await;
    assert_eq!(
        now(&mut before),
        [Line::event(first, "1")],
        "to those who are there it is an event"
    );
    advance(TOO_LONG).await;
    let newest = publish(&hub, "b", "evicts it").await;
    assert_eq!(now(&mut hub.subscribe("a")), [value("1"), Line::opening(newest)]);
    assert_eq!(now(&mut hub.subscribe("a").announce(false)), [value("1")]);
    assert_eq!(now(&mut hub.subscribe("b")), [Line::opening(newest)]);
}

#[tokio::test]
async fn another_takes_its_place_and_what_is_published_leaves_it() {
    let hub = Hub::new();
    retain(&hub, "a", "1").await;
    publish(&hub, "a", "2").await;
    assert_eq!(next(&mut hub.subscribe("a")).await, value("1"));
    retain(&hub, "a", "3").await;
    assert_eq!(next(&mut hub.subscribe("a")).await, value("3"));
    assert_eq!(hub.stats().retained, 1);
    hub.forget("a").await.unwrap();
    hub.forget("never heard of").await.unwrap();
    assert_eq!(next(&mut hub.subscribe("a")).await, Line::opening(hub.position()));
    assert_eq!((hub.stats().retained, hub.stats().retained_bytes), (0, 0));
}

#[tokio::test]
async fn what_several_topics_retain_comes_in_the_order_in_which_it_was_published() {
    let hub = Hub::new();
    for (topic, data) in [("c", "1"), ("a", "2"), ("b", "3"), ("c", "4"), ("d", "5")] {
        retain(&hub, topic, data).await;
    }
    let mut events = hub.subscribe(["a", "b", "c"]).announce(false);
    assert_eq!(now(&mut events), ["2", "3", "4"].map(value));
}

#[tokio::test]
async fn each_event_is_received_once_whether_it_is_retained_or_in_the_log() {
    let hub = Hub::new();
    let first = retain(&hub, "a", "1").await;
    let second = publish(&hub, "a", "2").await;
    let all = |start| hub.subscribe("a").start(start).announce(false);
    let both = [Line::event(first, "1"), Line::event(second, "2")];
    assert_eq!(now(&mut all(Start::Earliest)), both);
    assert_eq!(now(&mut all(Start::Last(2))), both);
    assert_eq!(now(&mut all(Start::Last(1))), [value("1"), both[1].clone()]);
    let mut events = all(Start::Now);
    let third = retain(&hub, "a", "3").await;
    assert_eq!(now(&mut events), [Line::event(third, "3")], "retained after it was made");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_resumes_has_it_already() {
    let hub = Hub::new();
    let first = retain(&hub, "a", "1").await;
    let second = publish(&hub, "a", "2").await;
    let mut events = hub.subscribe("a").resume(last(&first)).announce(false);
    assert_eq!(now(&mut events), [Line::event(second, "2")]);
    advance(TOO_LONG).await;
    let newest = publish(&hub, "b", "evicts it").await;
    let mut events = hub.subscribe("a").resume(last(&first));
    let oldest = id(newest, 2);
    assert_eq!(now(&mut events), [Line::gap(oldest, "evicted")], "its page loads the state");
}

/// Returns a client that has missed something, and the position at which it is told.
async fn missed() -> (Subscription, sse_hub::EventId) {
    let hub = Hub::new();
    let first = publish(&hub, "a", "0").await;
    retain(&hub, "a", "1").await;
    retain(&hub, "b", "2").await;
    publish(&hub, "b", "missed").await;
    advance(TOO_LONG).await;
    publish(&hub, "c", "evicts it").await;
    (hub.subscribe(["a", "b"]).resume(last(&first)), id(first, 4))
}

#[tokio::test(start_paused = true)]
async fn with_latest_it_comes_after_a_gap_and_the_last_value_has_the_position() {
    let (events, position) = missed().await;
    let gap = Line { event: Some("gap".to_owned()), ..value("evicted") };
    let both = [value("1"), Line::event(position, "2")];
    let mut told = events.latest();
    assert_eq!(now(&mut told), [std::slice::from_ref(&gap), &both[..]].concat());

    let (events, position) = missed().await;
    let mut quiet = events.latest().on_gap(|_| None);
    assert_eq!(now(&mut quiet), [value("1"), Line::event(position, "2")]);

    let (events, position) = missed().await;
    let mut of_one = events.latest_of("b");
    assert_eq!(now(&mut of_one), [gap, Line::event(position, "2")]);

    let (events, position) = missed().await;
    let mut asked = events.latest();
    assert_eq!(asked.resumed().await, Resumed::Gap);
    assert_eq!(now(&mut asked), [Line::opening(position)], "who asks sends the state");
}

#[tokio::test(start_paused = true)]
async fn an_event_in_place_of_a_gap_has_no_id_of_its_own_before_what_is_retained() {
    let (events, position) = missed().await;
    let own = |_| Some(Event::data("reload").id("7"));
    let mut told = events.latest().on_gap(own);
    assert_eq!(now(&mut told), [value("reload"), value("1"), Line::event(position, "2")]);
}

#[tokio::test(start_paused = true)]
async fn one_that_is_too_slow_for_the_log_receives_it_again_if_it_wants_the_latest_and_goes_on() {
    let hub = Hub::new();
    let subscribe = || hub.subscribe("a").announce(false).latest();
    let mut goes_on = subscribe();
    let mut stops = subscribe().overflow(sse_hub::Overflow::End);
    assert!(now(&mut goes_on).is_empty() && now(&mut stops).is_empty());
    retain(&hub, "a", "1").await;
    let position = publish(&hub, "a", "2").await;
    advance(TOO_LONG).await;
    publish(&hub, "b", "evicts it").await;
    let gap = Line { event: Some("gap".to_owned()), ..value("overflow") };
    assert_eq!(now(&mut goes_on), [gap, Line::event(position, "1")]);
    assert_eq!(now(&mut stops), [Line::gap(position, "overflow")]);
    assert!(ended(&mut stops).await);
}

#[tokio::test]
async fn an_end_comes_before_what_is_retained() {
    let hub = Hub::new();
    retain(&hub, "a", "1").await;
    let mut events = hub.subscribe("a").tag("user:7");
    hub.end("user:7", Event::data("bye")).await.unwrap();
    assert_eq!(now(&mut events), [value("bye")]);
}

#[tokio::test]
async fn what_a_topic_retains_counts_with_its_name_and_twice_its_length() {
    let hub = Hub::new();
    let bytes = async |topic: String, data: String| {
        let before = hub.stats().retained_bytes;
        retain(&hub, &topic, &data).await;
        hub.stats().retained_bytes - before
    };
    let small = bytes("a".into(), "1".into()).await;
    assert!((300..400).contains(&small), "{small}");
    assert_eq!(bytes("b".repeat(101), "1".into()).await, small + 100);
    assert_eq!(bytes("c".into(), "1".repeat(101)).await, small + 200);
}

#[tokio::test]
async fn what_topics_may_retain_is_limited_in_number_and_in_bytes() {
    let hub = Hub::builder().max_retained(2, 1000).build();
    for data in ["1", "2", "3"] {
        retain(&hub, "a", data).await;
    }
    let before = retain(&hub, "b", "4").await;
    let refused = async |topic: &str, event| hub.retain(topic, event).await.unwrap_err();
    assert_eq!(refused("c", Event::data("5")).await, PublishError::TooMuchRetained);
    let large = Event::data("x".repeat(300));
    assert_eq!(refused("b", large.clone()).await, PublishError::TooMuchRetained);
    assert_eq!(hub.position(), before, "nothing is half done");
    assert_eq!(next(&mut hub.subscribe("b")).await, value("4"));
    hub.publish("c", large).await.unwrap();
    hub.forget("a").await.unwrap();
    retain(&hub, "c", "6").await;
    assert_eq!(refused("", Event::empty()).await, sse_hub::TopicsError::Empty.into());
    assert_eq!(refused("a", Event::empty().id("7")).await, PublishError::HasId);
    assert_eq!(hub.forget("").await.unwrap_err(), sse_hub::TopicsError::Empty.into());
    assert_eq!((hub.stats().retained, hub.stats().refused), (2, 4));
}
