//! Limits, and what a hub keeps.

use std::time::Duration;

use futures::{FutureExt as _, StreamExt as _, stream};
use sse_hub::{Hub, PublishError, Start};
use sse_runtime::{Event, EventStream};
use tokio::time::{advance, sleep};

use super::reading::{Line, now};
use super::{TOO_LONG, publish};

#[tokio::test]
async fn an_event_beyond_a_limit_is_refused_with_nothing_half_done() {
    let hub = Hub::builder().max_event_bytes(100).max_topics(2).build();
    let refused = hub.publish("a", Event::data("x".repeat(101))).await;
    assert_eq!(refused, Err(PublishError::TooLarge));
    assert!(hub.publish("a", Event::data("x".repeat(50))).await.is_ok());
    let three = hub.publish(["b", "c"], Event::empty()).await;
    assert_eq!(three, Err(PublishError::TooManyTopics));
    assert!(hub.publish(["a", "b"], Event::empty()).await.is_ok());
    assert_eq!((hub.stats().appended, hub.stats().topics), (2, 2));
}

/// Returns the length of an event as it is sent.
fn encoded(event: Event) -> usize {
    let mut body = EventStream::from(stream::iter([event])).into_bytes();
    body.next().now_or_never().expect("it is there").expect("one").expect("no error").len()
}

#[tokio::test]
async fn the_limit_of_an_event_is_the_length_at_which_it_is_sent_without_its_id() {
    let events = [
        Event::data("x".repeat(50)),
        Event::empty(),
        Event::data("one\ntwo\r\nthree\rfour\n"),
        Event::data("\r\n"),
        Event::data("a\nb").event("named\r\n"),
        Event::data("a").with_comment("a\r\nb\n").with_retry(Duration::from_millis(2_147_483_647)),
    ];
    for event in events {
        let length = encoded(event.clone());
        let hub = |bytes| Hub::builder().max_event_bytes(bytes).build();
        assert!(hub(length).publish("a", event.clone()).await.is_ok(), "{event:?}");
        let refused = hub(length - 1).publish("a", event.clone()).await;
        assert_eq!(refused, Err(PublishError::TooLarge), "{event:?}");
    }
}

#[tokio::test]
async fn topics_that_clients_make_up_keep_nobody_from_publishing_and_leave_nothing() {
    let hub = Hub::builder().max_topics(1).build();
    let made_up: Vec<_> = (0..1000).map(|n| hub.subscribe(n.to_string())).collect();
    assert!(hub.publish("a", Event::empty()).await.is_ok());
    assert_eq!(hub.stats().topics, 1001);
    drop(made_up);
    assert_eq!(hub.stats().topics, 1);
}

#[tokio::test(start_paused = true)]
async fn topics_whose_events_are_gone_make_room_for_others() {
    let hub = Hub::builder().max_topics(2).build();
    for topics in [["a", "b"], ["c", "d"], ["e", "f"]] {
        publish(&hub, topics[0], "1").await;
        publish(&hub, topics[1], "2").await;
        let third = hub.publish("g", Event::empty()).await;
        assert_eq!(third, Err(PublishError::TooManyTopics));
        sleep(TOO_LONG).await;
        assert_eq!(hub.stats().events, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn an_idle_hub_forgets_once_someone_looks() {
    let hub = Hub::new();
    publish(&hub, "a", "1").await;
    sleep(TOO_LONG).await;
    assert_eq!((hub.stats().events, hub.stats().bytes, hub.stats().topics), (0, 0, 0));
}

#[tokio::test]
async fn what_topics_take_counts_towards_the_bytes_that_are_kept() {
    let hub = Hub::builder().replay(Duration::from_secs(60), 256 << 10).build();
    let topics: Vec<_> = (0..128).map(|n| format!("a topic {n}")).collect();
    publish(&hub, "a", "x").await;
    let one = hub.stats().bytes;
    hub.publish(&topics, Event::data("x")).await.unwrap();
    let first = hub.stats().bytes - one;
    hub.publish(&topics, Event::data("x")).await.unwrap();
    let second = hub.stats().bytes - one - first;
    // Each topic counts in the entry and in the index; a new topic also counts its name and what it takes itself.
    assert!((128 * 16..128 * 32).contains(&second), "{second}");
    assert!((128 * 150..128 * 250).contains(&(first - second)), "{}", first - second);
    let long = hub.publish("b".repeat(200), Event::data("x")).await;
    assert!(long.is_ok() && hub.stats().bytes - one - first - second >= one + 199);
    for _ in 0..200 {
        hub.publish(&topics, Event::data("x")).await.unwrap();
    }
    let stats = hub.stats();
    assert!(stats.bytes <= 256 << 10 && stats.events < 100, "{stats:?}");
}

/// Returns how many events a client finds. Unlike `stats`, this doesn't evict all that is too old.
fn kept(hub: &Hub, topic: &str) -> usize {
    now(&mut hub.subscribe(topic).start(Start::Earliest).announce(false)).len()
}

#[tokio::test(start_paused = true)]
async fn what_a_burst_took_is_given_back_a_little_with_each_event_that_follows() {
    let hub = Hub::new();
    for n in 0..2000 {
        publish(&hub, if n < 1000 { "early" } else { "late" }, "x").await;
    }
    advance(TOO_LONG).await;
    publish(&hub, "after", "x").await;
    assert!(kept(&hub, "early") > 800, "not all of it in one call");
    for _ in 0..40 {
        publish(&hub, "after", "x").await;
    }
    assert_eq!((kept(&hub, "early"), kept(&hub, "late")), (0, 0));
    assert_eq!(hub.stats().events, 41);
}

#[tokio::test]
async fn an_event_that_takes_the_place_of_many_leaves_no_more_than_the_limit() {
    let hub = Hub::builder().replay(Duration::from_secs(60), 400 << 10).build();
    for _ in 0..1000 {
        publish(&hub, "a", "x").await;
    }
    publish(&hub, "a", &"x".repeat(150 << 10)).await;
    let kept = kept(&hub, "a");
    assert!((200..400).contains(&kept), "{kept}");
}

/// If the window were too short for anybody to read, everybody would be told of a gap.
#[tokio::test(start_paused = true)]
async fn however_short_the_window_who_waits_has_the_time_to_read() {
    let hub = Hub::builder().replay(Duration::ZERO, 1 << 20).build();
    let mut events = hub.subscribe("a").announce(false);
    assert_eq!(now(&mut events), []);
    let one = publish(&hub, "a", "1").await;
    advance(Duration::from_millis(100)).await;
    let two = publish(&hub, "a", "2").await;
    assert_eq!(hub.stats().events, 2);
    assert_eq!(now(&mut events), [Line::event(one, "1"), Line::event(two, "2")]);
    advance(Duration::from_millis(101)).await;
    assert_eq!(hub.stats().events, 0);
}
