//! Only the newest event, of some topics.

use sse_hub::{Hub, Start};
use sse_runtime::Event;

use super::publish;
use super::reading::{Line, now};

fn data(lines: &[Line]) -> Vec<&str> {
    lines.iter().map(|line| line.data.as_deref().unwrap()).collect()
}

#[tokio::test]
async fn of_some_topics_a_client_that_lags_receives_only_the_newest_and_of_the_others_each() {
    let hub = Hub::new();
    let mut events = hub.subscribe(["chat", "typing"]).latest_of("typing").announce(false);
    for (topic, data) in
        [("typing", "1"), ("chat", "2"), ("typing", "3"), ("chat", "4"), ("typing", "5")]
    {
        publish(&hub, topic, data).await;
    }
    assert_eq!(data(&now(&mut events)), ["2", "4", "5"]);
    publish(&hub, "typing", "6").await;
    assert_eq!(data(&now(&mut events)), ["6"]);
}

#[tokio::test]
async fn an_event_of_both_kinds_of_topics_is_received() {
    let hub = Hub::new();
    let mut events = hub.subscribe(["chat", "typing"]).latest_of(["typing"]).announce(false);
    hub.publish(["chat", "typing"], Event::data("1")).await.unwrap();
    publish(&hub, "typing", "2").await;
    assert_eq!(data(&now(&mut events)), ["1", "2"]);
}

#[tokio::test]
async fn topics_that_it_does_not_have_are_ignored() {
    let hub = Hub::new();
    publish(&hub, "other", "0").await;
    let events = hub.subscribe("chat").start(Start::Earliest).announce(false);
    let mut events = events.latest_of(["other", "", "never heard of"]);
    publish(&hub, "chat", "1").await;
    publish(&hub, "chat", "2").await;
    assert_eq!(data(&now(&mut events)), ["1", "2"]);
}
