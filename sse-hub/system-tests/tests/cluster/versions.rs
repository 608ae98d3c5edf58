//! Nodes of a later version of the crate, which share a hub with these.

use sse_hub::{ConnectError, Hub, PublishError, Resumed};
use sse_runtime::Event;
use system_tests::cluster::server::RedisServer;
use tests::patience::{PATIENCE, until};
use tokio::time::timeout;

use crate::{redis, text};

/// Publishes an event as a later version would: the head, the chain and the counts are the same.
const PUBLISH: &str = "
    local state = redis.call('HMGET', KEYS[1], 'epoch', 'sequence', 'token', 'time')
    local number, before = state[2] + 1, redis.call('ZSCORE', KEYS[3], ARGV[1]) or '0'
    redis.call('ZADD', KEYS[3], number, ARGV[1])
    redis.call('XADD', KEYS[2], state[4] .. '-' .. number, 'h', state[1] .. ' 00000000000abcde ' .. state[3],
        't', before .. ' ' .. ARGV[1], unpack(ARGV, 2))
    redis.call('HSET', KEYS[1], 'sequence', number, 'token', '00000000000abcde')";

async fn publish(redis: &RedisServer, topic: &str, fields: &[&str]) {
    let keys = ["EVAL", PUBLISH, "3", "{sse-hub}:hub", "{sse-hub}:log", "{sse-hub}:topics", topic];
    redis.ask(&[&keys[..], fields].concat()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn topics_and_fields_of_a_later_version_disturb_nobody() {
    let Some(redis) = redis("a later version", &[]).await else { return };
    let hub = Hub::connect(&redis.url()).await.unwrap();
    let mut events = hub.subscribe("a").announce(false);
    hub.publish("a", Event::data("1")).await.unwrap();
    publish(&redis, &"x".repeat(300), &["d", "?"]).await;
    publish(&redis, "a", &["d", "2", "colour", "blue"]).await;
    let last = hub.publish("a", Event::data("3")).await.unwrap();
    for expected in ["1", "2", "3"] {
        assert_eq!(text(&mut events).await, expected);
    }
    assert_eq!((hub.stats().epochs, hub.stats().gaps, hub.stats().appended), (0, 0, 4));
    let cold = Hub::connect(&redis.url()).await.unwrap();
    assert_eq!(cold.position(), last);
}

/// Publishes one event with these fields, and expects a gap in its topic in its place.
async fn a_gap_for_its_topic_alone(fields: &[&str]) {
    let Some(redis) = redis("an entry of a later version", &[]).await else { return };
    let hub = Hub::connect(&redis.url()).await.unwrap();
    let [mut concerned, mut other] = ["a", "b"].map(|topic| hub.subscribe(topic).announce(false));
    let first = hub.publish(["a", "b"], Event::data("1")).await.unwrap();
    assert_eq!([text(&mut concerned).await, text(&mut other).await], ["1", "1"]);
    publish(&redis, "a", fields).await;
    hub.publish(["a", "b"], Event::data("2")).await.unwrap();
    for expected in ["overflow", "2"] {
        assert_eq!(text(&mut concerned).await, expected);
    }
    assert_eq!(text(&mut other).await, "2");
    // The newest entry, after which nothing comes.
    publish(&redis, "a", fields).await;
    assert_eq!(text(&mut concerned).await, "overflow");
    assert_eq!((hub.stats().epochs, hub.stats().gaps), (0, 2));
    let cold = Hub::connect(&redis.url()).await.unwrap();
    assert_eq!(cold.position(), hub.position());
    let resumed =
        async |topic: &str| cold.subscribe(topic).resume(Some(first.into())).resumed().await;
    assert_eq!((resumed("a").await, resumed("c").await), (Resumed::Gap, Resumed::Complete));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_means_something_else_by_a_later_field_is_a_gap_in_its_topic() {
    a_gap_for_its_topic_alone(&["d", "?", "Encrypted", "yes"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn so_is_an_event_whose_fields_are_not_understood() {
    a_gap_for_its_topic_alone(&["d", "?", "r", "soon"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_of_a_later_format_is_refused_and_nothing_of_it_is_harmed() {
    let Some(redis) = redis("a later format", &[]).await else { return };
    let hub = Hub::connect(&redis.url()).await.unwrap();
    let mut events = hub.subscribe("a").announce(false);
    let id = hub.publish("a", Event::data("1")).await.unwrap();
    redis.ask(&["HSET", "{sse-hub}:hub", "format", "2"]).await;
    let error = Hub::connect(&redis.url()).await.expect_err("it is of a later version");
    assert!(matches!(error, ConnectError::Format(2)), "{error}");
    assert_eq!(hub.publish("a", Event::data("x")).await, Err(PublishError::Refused));
    until("the node sees it", || !hub.stats().connected).await;
    assert_eq!(text(&mut events).await, "1");

    redis.ask(&["HSET", "{sse-hub}:hub", "format", "1"]).await;
    let next = timeout(PATIENCE, hub.publish("a", Event::data("2"))).await.unwrap().unwrap();
    assert_eq!(text(&mut events).await, "2");
    let sequence = |id: sse_hub::EventId| id.to_string().split_once('.').unwrap().1.parse::<u64>();
    assert_eq!(sequence(next), sequence(id).map(|it| it + 1));
    assert_eq!((hub.stats().epochs, hub.stats().gaps), (0, 0));
    assert!(timeout(crate::A_WHILE, events.next()).await.is_err(), "nothing else comes");
}
