//! Topics, and who receives what is published to them.

use std::time::Duration;

use sse_hub::{Hub, PublishError, Resumed, TopicsError};
use sse_runtime::Event;

use super::publish;
use super::reading::{Line, next, now};

#[tokio::test]
async fn every_subscription_of_the_topic_receives_the_event_and_no_other_does() {
    let hub = Hub::new();
    let mut here = [hub.subscribe("a"), hub.subscribe("a")].map(|events| events.announce(false));
    let mut elsewhere = hub.subscribe("b").announce(false);
    let id = publish(&hub, "a", "hello").await;
    for events in &mut here {
        assert_eq!(next(events).await, Line::event(id, "hello"));
    }
    assert_eq!(now(&mut elsewhere), []);
}

#[tokio::test]
async fn topics_are_strings_arrays_slices_and_vectors_of_them() {
    let hub = Hub::new();
    let owned = vec![String::from("a"), String::from("b")];
    let _all = (
        hub.subscribe("a"),
        hub.subscribe(String::from("a")),
        hub.subscribe(["a", "b"]),
        hub.subscribe(owned.as_slice()),
        hub.subscribe(owned.clone()),
        hub.subscribe(&owned),
    );
    assert_eq!((hub.subscribers("a"), hub.subscribers("b")), (6, 4));
}

#[tokio::test]
async fn an_event_of_several_topics_is_received_once_by_who_subscribes_to_several() {
    let hub = Hub::new();
    let mut events = hub.subscribe(["a", "b", "a"]).announce(false);
    let both = hub.publish(["b", "a"], Event::data("both")).await.unwrap();
    let one = publish(&hub, "b", "one").await;
    assert_eq!(now(&mut events), [Line::event(both, "both"), Line::event(one, "one")]);
    assert_eq!(hub.subscribers("a"), 1);
}

#[tokio::test]
async fn topics_that_cannot_be_are_an_error_of_publish() {
    let hub = Hub::new();
    let long = "é".repeat(127) + "a";
    assert!(hub.publish(&long, Event::empty()).await.is_ok(), "of 255 bytes");
    let many: Vec<_> = (0..129).map(|n| n.to_string()).collect();
    assert!(hub.publish(&many[1..], Event::empty()).await.is_ok(), "128 topics");
    let refused = [
        (hub.publish("", Event::empty()).await, TopicsError::Empty),
        (hub.publish("a".repeat(256), Event::empty()).await, TopicsError::TooLong),
        (hub.publish(many, Event::empty()).await, TopicsError::TooMany),
        (hub.publish(Vec::<String>::new(), Event::empty()).await, TopicsError::None),
    ];
    for (outcome, error) in refused {
        assert_eq!(outcome, Err(PublishError::Topics(error)));
    }
    assert_eq!(hub.stats().appended, 2);
}

#[tokio::test]
async fn a_subscription_to_topics_that_cannot_be_says_so_and_ends() {
    let hub = Hub::new();
    let many = (0..129).map(|n| n.to_string()).collect();
    for topics in [vec![String::new()], vec!["a".repeat(256)], vec![], many] {
        let mut events = hub.subscribe(topics);
        assert_eq!(events.resumed().await, Resumed::Complete, "there is nothing to load");
        let event = events.next().await.unwrap();
        assert!(event.fields().comment.unwrap().contains("topic"), "{event:?}");
        assert_eq!(event.fields().retry, Some(Duration::from_secs(60)));
        assert_eq!(events.next().await, None);
    }
    assert_eq!(hub.stats().subscriptions, 0);
}
