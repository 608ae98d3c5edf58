//! Several events that are published as one.

use sse_hub::{Hub, PublishError, TopicsError};
use sse_runtime::Event;

use super::publish;
use super::reading::{Line, id, now};

fn event(data: &str) -> Event {
    Event::data(data.to_owned())
}

#[tokio::test]
async fn they_come_one_after_another_each_to_its_topics_and_the_last_tells_the_id() {
    let hub = Hub::new();
    let mut a = hub.subscribe("a").announce(false);
    let mut both = hub.subscribe(["a", "b"]).announce(false);
    let before = publish(&hub, "a", "0").await;
    let group = [("a", event("1")), ("b", event("2")), ("a", event("3"))];
    let last = hub.publish_all(group).await.unwrap();
    assert_eq!(last, id(before, 4));
    let line = |sequence, data| Line::event(id(before, sequence), data);
    assert_eq!(now(&mut a), [line(1, "0"), line(2, "1"), line(4, "3")]);
    assert_eq!(now(&mut both), [line(1, "0"), line(2, "1"), line(3, "2"), line(4, "3")]);
    assert_eq!((hub.stats().published, hub.stats().appended), (4, 4));
    let several = vec![(vec!["a", "b"], event("4"))];
    hub.publish_all(several).await.unwrap();
    assert_eq!(now(&mut both), [line(5, "4")]);
}

#[tokio::test]
async fn without_any_nothing_is_published() {
    let hub = Hub::new();
    let position = publish(&hub, "a", "1").await;
    assert_eq!(hub.publish_all([] as [(&str, Event); 0]).await, Ok(position));
    assert_eq!(hub.stats().published, 1);
}

#[tokio::test]
async fn if_one_of_them_is_beyond_a_limit_none_is_published() {
    let hub = Hub::builder().max_event_bytes(50).max_topics(2).build();
    let before = publish(&hub, "a", "0").await;
    let refused = async |second: (&str, Event)| {
        hub.publish_all([("a", event("1")), second]).await.unwrap_err()
    };
    assert_eq!(refused(("", event("2"))).await, TopicsError::Empty.into());
    assert_eq!(refused(("a", event("2").id("7"))).await, PublishError::HasId);
    assert_eq!(refused(("a", event(&"x".repeat(50)))).await, PublishError::TooLarge);
    let half = event(&"x".repeat(25));
    let together = hub.publish_all([("a", half.clone()), ("a", half)]).await;
    assert_eq!(together, Err(PublishError::TooLarge));
    let topics = hub.publish_all([("b", event("1")), ("c", event("2"))]).await;
    assert_eq!(topics, Err(PublishError::TooManyTopics));
    assert_eq!(hub.position(), before);
    hub.publish_all([("b", event("1")), ("b", event("2"))]).await.expect("it is one topic");
}
