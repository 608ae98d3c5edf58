//! What topics retain, for longer than any node runs.

use std::time::Duration;

use sse_hub::{Hub, PublishError, Subscription};
use sse_runtime::Event;
use tests::patience::{PATIENCE, until};
use tokio::time::{sleep, timeout};

use crate::{redis, text};

async fn first(events: &mut Subscription) -> Event {
    timeout(PATIENCE, events.next()).await.expect("it comes").expect("it goes on")
}

async fn node(url: &str, window: Duration) -> Hub {
    Hub::builder().replay(window, 64 << 20).connect(url).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_topics_retain_outlives_trimming_all_nodes_and_a_restart_of_redis() {
    let settings = ["--stream-node-max-entries", "1", "--appendonly", "yes"];
    let Some(mut redis) = redis("retained events", &settings).await else { return };
    let window = Duration::from_millis(500);
    let hub = node(&redis.url(), window).await;
    for number in 0..200 {
        let data = Event::data(format!("{number}\ndata: x")).event("value");
        drop(hub.retain(&format!("topic {}", number % 100), data));
    }
    hub.forget("topic 7").await.unwrap();
    hub.publish("topic 8", Event::data("plain")).await.unwrap();
    sleep(window * 2).await;
    for _ in 0..3 {
        hub.publish("other", Event::data("trims the log")).await.unwrap();
    }
    drop(hub);
    redis.kill();
    redis.start_again().await;
    let cold = node(&redis.url(), window).await;
    assert_eq!(cold.stats().retained, 99);
    for number in (100..200).filter(|&number| number != 107) {
        let expected = Event::data(format!("{number}\ndata: x")).event("value");
        let topic = format!("topic {}", number - 100);
        assert_eq!(first(&mut cold.subscribe(topic)).await, expected);
    }
    let opening = Event::id_only(cold.position().to_string());
    assert_eq!(first(&mut cold.subscribe("topic 7")).await, opening);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_history_retains_what_redis_does_and_counts_it_as_older() {
    let Some(redis) = redis("retained in a new history", &[]).await else { return };
    let hub = Hub::connect(&redis.url()).await.unwrap();
    for _ in 0..10 {
        hub.publish("b", Event::data("x")).await.unwrap();
    }
    hub.retain("a", Event::data("1")).await.unwrap();
    redis.ask(&["DEL", "{sse-hub}:hub"]).await;
    until("a new history begins", || hub.stats().epochs == 1).await;
    assert_eq!(text(&mut hub.subscribe("a")).await, "1");
    redis.ask(&["FLUSHALL"]).await;
    until("another begins", || hub.stats().epochs == 2).await;
    assert_eq!(hub.stats().retained, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_stranger_writes_there_disturbs_nobody() {
    let Some(redis) = redis("strange values", &[]).await else { return };
    let hub = Hub::connect(&redis.url()).await.unwrap();
    hub.retain("a", Event::data("1")).await.unwrap();
    for (topic, value) in [("b", ""), ("c", "no value"), ("d", "0 0 1:D1:x"), ("", "0 0 1:d1:x")] {
        redis.ask(&["HSET", "{sse-hub}:retained", topic, value]).await;
    }
    let cold = Hub::connect(&redis.url()).await.unwrap();
    assert_eq!(text(&mut cold.subscribe(["a", "b", "c", "d"])).await, "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_redis_refuses_to_retain_is_not_published_either() {
    let Some(redis) = redis("refused values", &[]).await else { return };
    let hub = Hub::connect(&redis.url()).await.unwrap();
    let mut events = hub.subscribe("a").announce(false);
    redis.ask(&["SET", "{sse-hub}:retained", "a stranger's"]).await;
    assert_eq!(hub.retain("a", Event::data("1")).await, Err(PublishError::Refused));
    assert_eq!(hub.forget("a").await, Err(PublishError::Refused));
    hub.publish("a", Event::data("2")).await.unwrap();
    redis.ask(&["DEL", "{sse-hub}:retained"]).await;
    hub.retain("a", Event::data("3")).await.unwrap();
    assert_eq!([text(&mut events).await, text(&mut events).await], ["2", "3"]);
    assert_eq!((hub.stats().epochs, hub.stats().gaps, hub.stats().retained), (0, 0, 1));
}

/// Nothing may be written with this command for a while.
async fn retains_what_it_did_without(command: &str) {
    let Some(redis) = redis("half written values", &[]).await else { return };
    let window = Duration::from_millis(100);
    let hub = node(&redis.url(), window).await;
    let mut events = hub.subscribe("a").announce(false);
    hub.retain("a", Event::data("1")).await.unwrap();
    assert_eq!(text(&mut events).await, "1");
    redis.ask(&["ACL", "SETUSER", "default", &format!("-{command}")]).await;
    assert_eq!(hub.retain("a", Event::data("2")).await, Err(PublishError::Refused));
    assert_eq!(hub.forget("a").await, Err(PublishError::Refused));
    redis.ask(&["ACL", "SETUSER", "default", &format!("+{command}")]).await;
    hub.publish("b", Event::data("has the place of what was refused")).await.unwrap();
    // What the node reads back may not be what the log says.
    sleep(window * 2).await;
    let cold = node(&redis.url(), window).await;
    assert_eq!(text(&mut cold.subscribe("a")).await, "1", "without {command}");
    hub.retain("a", Event::data("3")).await.unwrap();
    assert_eq!(text(&mut events).await, "3");
    assert_eq!((hub.stats().epochs, hub.stats().gaps), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_published_is_not_retained_either() {
    retains_what_it_did_without("xadd").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_forgotten_is_not_published_either() {
    retains_what_it_did_without("hdel").await;
}
