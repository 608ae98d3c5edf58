//! Nodes that start while Redis is down.

use std::time::Duration;

use futures::FutureExt as _;
use futures::future::join_all;
use sse_hub::{Builder, ConnectError, EventId, Hub, PublishError, Resumed, Start, Subscription};
use sse_runtime::Event;
use system_tests::cluster::server::RedisServer;
use tests::patience::{PATIENCE, until};
use tokio::time::timeout;

use crate::{redis, text};

const AOF: [&str; 4] = ["--appendonly", "yes", "--appendfsync", "always"];
const SOON: Duration = Duration::from_secs(1);

fn patient() -> Builder {
    Hub::builder().publish_timeout(PATIENCE)
}

async fn start(builder: Builder, redis: &RedisServer) -> Hub {
    let hub = builder.lazy(true).connect(&redis.url()).await.expect("it starts all the same");
    assert!(!hub.is_ready() && !hub.stats().connected);
    hub
}

/// A Redis that is down, with an event and the same event retained, and the position of the former.
async fn down(test: &str) -> Option<(RedisServer, EventId)> {
    let mut redis = redis(test, &AOF).await?;
    let hub = Hub::connect(&redis.url()).await.unwrap();
    let first = hub.publish("a", Event::data("first")).await.unwrap();
    hub.publish("a", Event::data("second")).await.unwrap();
    hub.retain("light", Event::data("on")).await.unwrap();
    redis.kill();
    Some((redis, first))
}

async fn next(events: &mut Subscription) -> Option<Event> {
    timeout(PATIENCE, events.next()).await.expect("something comes")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_starts_without_redis_serves_everyone_once_it_is_there() {
    let Some((mut redis, first)) = down("a lazy node").await else { return };
    assert!(matches!(Hub::connect(&redis.url()).await, Err(ConnectError::Engine(_))));
    let (hub, other) = (start(patient(), &redis).await, start(patient(), &redis).await);
    let mut resumes = hub.subscribe("a").resume(Some(first.into())).announce(false);
    let mut asked = hub.subscribe("a").resume(Some(first.into()));
    let mut all = hub.subscribe("a").start(Start::Earliest).announce(false);
    let mut light = hub.subscribe("light");
    let mut strange = hub.subscribe("a").resume(Some(hub.position().into())).announce(false);
    for events in [&mut resumes, &mut all, &mut light, &mut strange] {
        assert!(events.next().now_or_never().is_none(), "it waits");
    }
    assert!(asked.resumed().now_or_never().is_none());
    let publish = other.publish("a", Event::data("third"));
    redis.start_again().await;
    let third = timeout(PATIENCE, publish).await.expect("an outcome").expect("it is published");
    until("both have begun", || hub.is_ready() && hub.position() == third).await;

    assert_eq!(asked.resumed().await, Resumed::Complete);
    assert_eq!([text(&mut resumes).await, text(&mut resumes).await], ["second", "third"]);
    for expected in ["first", "second", "third"] {
        assert_eq!(text(&mut all).await, expected);
    }
    assert_eq!(text(&mut light).await, "on");
    assert!(next(&mut light).await.unwrap().fields().id.is_some(), "its opening");
    assert_eq!(text(&mut strange).await, "unknown");
    assert_eq!((hub.stats().epochs, hub.stats().gaps, other.stats().epochs), (0, 1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_subscribes_before_something_is_published_there_receives_it_and_nothing_older() {
    let Some((mut redis, _)) = down("a lazy order").await else { return };
    let hub = start(patient(), &redis).await;
    let publish = |number: usize| {
        let events = hub.subscribe("a").announce(false);
        hub.publish("a", Event::data(number)).detach();
        events
    };
    let mut subscriptions: Vec<Subscription> = (0..50).map(publish).collect();
    // Of some of them, nobody asks before it is all there.
    for events in subscriptions.iter_mut().skip(25) {
        assert!(events.next().now_or_never().is_none());
    }
    redis.start_again().await;
    hub.flush().await;
    for mut events in subscriptions {
        for number in 0..50 {
            assert_eq!(text(&mut events).await, number.to_string());
        }
    }
    assert_eq!((hub.stats().epochs, hub.stats().gaps), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_too_long_before_redis_is_there_times_out_and_never_comes() {
    let Some((mut redis, first)) = down("a lazy deadline").await else { return };
    let hub = start(Hub::builder().publish_timeout(SOON), &redis).await;
    let late = join_all([1, 2].map(|number| hub.publish("a", Event::data(number))));
    let ended = hub.end("user:7", Event::data("bye"));
    let outcomes = timeout(PATIENCE, late).await.expect("they have outcomes");
    assert_eq!(outcomes, [Err(PublishError::TimedOut); 2]);
    assert_eq!(ended.await, Err(PublishError::TimedOut));
    timeout(PATIENCE, hub.flush()).await.expect("nothing waits");
    redis.start_again().await;
    until("it has begun", || hub.is_ready()).await;
    hub.publish("a", Event::data("third")).await.unwrap();
    let mut events = hub.subscribe("a").resume(Some(first.into())).announce(false);
    assert_eq!([text(&mut events).await, text(&mut events).await], ["second", "third"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn those_with_tags_are_sent_away_as_nobody_knows_whether_they_were_ended() {
    let Some((mut redis, _)) = down("lazy tags").await else { return };
    let hub = start(patient(), &redis).await;
    let mut tagged = hub.subscribe("a").tag("user:7");
    let mut other = hub.subscribe("a");
    assert!(tagged.next().now_or_never().is_none() && other.next().now_or_never().is_none());
    redis.start_again().await;
    let farewell = next(&mut tagged).await.unwrap();
    assert!(farewell.fields().retry.is_some() && next(&mut tagged).await.is_none());
    assert!(next(&mut other).await.unwrap().fields().id.is_some(), "its opening");
    until("it has begun", || hub.is_ready()).await;
    let mut later = hub.subscribe("a").announce(false).tag("user:7");
    hub.publish("a", Event::data("third")).await.unwrap();
    assert_eq!(text(&mut later).await, "third");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_never_had_redis_ends_its_streams_when_it_is_closed() {
    let Some((redis, _)) = down("a lazy end").await else { return };
    let hub = start(Hub::builder().publish_timeout(SOON), &redis).await;
    let mut drained = hub.subscribe("a");
    let mut expires = hub.subscribe("a").until(std::time::Instant::now(), Event::data("expired"));
    assert_eq!(text(&mut expires).await, "expired");
    assert!(drained.next().now_or_never().is_none());
    let publish = hub.publish("a", Event::data("x"));
    let reading = tokio::spawn(async move { next(&mut drained).await });
    timeout(PATIENCE, hub.close(Duration::ZERO)).await.expect("it ends");
    assert_eq!(publish.await, Err(PublishError::TimedOut));
    assert!(reading.await.unwrap().unwrap().fields().retry.is_some(), "a farewell");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_will_never_succeed_is_an_error_at_once() {
    let Some(redis) = redis("a lazy mistake", &[]).await else { return };
    let connect = async |url: &str| Hub::builder().lazy(true).connect(url).await.unwrap_err();
    for url in ["redis://127.0.0.1?prefx=chat", "redis://127.0.0.1:port", "redis:"] {
        assert!(matches!(connect(url).await, ConnectError::Address(_)), "{url}");
    }
    assert!(matches!(connect("http://127.0.0.1").await, ConnectError::Scheme));
    drop(Hub::builder().lazy(true).connect(&redis.url()).await.expect("it is there"));
    redis.ask(&["HSET", "{sse-hub}:hub", "format", "2"]).await;
    assert!(matches!(connect(&redis.url()).await, ConnectError::Format(2)));
    redis.ask(&["ACL", "SETUSER", "someone", "on", ">right", "~*", "+@all"]).await;
    let url = format!("redis://someone:wrong@127.0.0.1:{}", redis.port);
    assert!(matches!(connect(&url).await, ConnectError::Engine(_)));
    redis.ask(&["ACL", "SETUSER", "someone", "-eval"]).await;
    let url = format!("redis://someone:right@127.0.0.1:{}", redis.port);
    assert!(matches!(connect(&url).await, ConnectError::Engine(_)));
}
