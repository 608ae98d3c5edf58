//! Limits, and what a hub keeps.

use std::time::Duration;

use futures::{FutureExt as _, StreamExt as _, stream};
use sse_hub::{Hub, PublishError};
use sse_runtime::{Event, EventStream};
use tokio::time::sleep;

use crate::{TOO_LONG, publish};

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

/// As it is sent.
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
async fn an_idle_hub_forgets_once_someone_looks() {
    let hub = Hub::new();
    publish(&hub, "a", "1").await;
    sleep(TOO_LONG).await;
    assert_eq!((hub.stats().events, hub.stats().bytes, hub.stats().topics), (0, 0, 0));
}
