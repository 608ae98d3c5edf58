//! Several events that are published as one, and nodes that have read only a part of them.

use std::time::Duration;

use sse_hub::{Hub, Start, Subscription};
use sse_runtime::Event;
use system_tests::cluster::gate::Gate;
use system_tests::cluster::server::RedisServer;
use tests::patience::until;
use tokio::time::{sleep, timeout};

use crate::{A_WHILE, redis, text};

/// Writes the next entry of the log as the hub's script does, with this part of a group, and answers with its ID.
const WRITE: &str = "
    local state = redis.call('HMGET', KEYS[1], 'epoch', 'sequence', 'token', 'time')
    local number, token = state[2] + 1, string.format('%016x', state[2] + 1)
    local id = redis.call('XADD', KEYS[2], state[4] .. '-' .. number, 'h', state[1] .. ' ' .. token .. ' ' .. state[3],
        't', '0 a', 'd', ARGV[1], 'g', ARGV[1])
    redis.call('HSET', KEYS[1], 'sequence', number, 'token', token)
    return id";

async fn write(redis: &RedisServer, part: &str) -> String {
    let answer = redis.ask(&["EVAL", WRITE, "2", "{sse-hub}:hub", "{sse-hub}:log", part]).await;
    ::redis::from_redis_value(answer).expect("an ID")
}

/// The hub's key, to be restored.
pub(crate) async fn dump(redis: &RedisServer) -> Vec<u8> {
    ::redis::from_redis_value(redis.ask(&["DUMP", "{sse-hub}:hub"]).await).expect("bytes")
}

/// Has the hub's key be what it was, as at a replica that was behind.
pub(crate) async fn restore(redis: &RedisServer, before: &[u8]) {
    let client = ::redis::Client::open(redis.url()).expect("a URL");
    let mut connection = client.get_multiplexed_async_connection().await.expect("it answers");
    let mut restore = ::redis::cmd("RESTORE");
    restore.arg("{sse-hub}:hub").arg(0).arg(before).arg("REPLACE");
    restore.exec_async(&mut connection).await.expect("it is restored");
}

async fn lose(redis: &RedisServer, ids: &[&str], before: &[u8]) {
    redis.ask(&[&["XDEL", "{sse-hub}:log"], ids].concat()).await;
    restore(redis, before).await;
}

async fn nothing_comes(events: &mut Subscription) -> bool {
    timeout(A_WHILE, events.next()).await.is_err()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_redis_loses_before_a_node_has_read_the_rest_of_it_has_reached_nobody() {
    let Some(redis) = redis("a part of a group that is lost", &[]).await else { return };
    let hub = Hub::connect(&redis.url()).await.unwrap();
    let mut events = hub.subscribe("a").announce(false);
    hub.publish("a", Event::data("before")).await.unwrap();
    assert_eq!(text(&mut events).await, "before");
    for others in [["x"].as_slice(), &["x", "y", "z"]] {
        let before = dump(&redis).await;
        let ids = [write(&redis, "1/3").await, write(&redis, "2/3").await];
        assert!(nothing_comes(&mut events).await, "the third may be lost");
        lose(&redis, &ids.each_ref().map(String::as_str), &before).await;
        for other in others {
            hub.publish("a", Event::data(*other)).await.unwrap();
        }
        for other in others {
            assert_eq!(text(&mut events).await, *other);
        }
    }
    assert_eq!((hub.stats().epochs, hub.stats().gaps), (0, 0), "nobody has seen what is lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_lost_while_nothing_else_comes_is_forgotten_too() {
    let Some(redis) = redis("a quiet loss", &[]).await else { return };
    let hub = Hub::connect(&redis.url()).await.unwrap();
    let mut events = hub.subscribe("a").announce(false);
    hub.publish("a", Event::data("before")).await.unwrap();
    let before = dump(&redis).await;
    let id = write(&redis, "1/2").await;
    until("the node has seen it", || hub.stats().behind == 1).await;
    lose(&redis, &[&id], &before).await;
    until("the node has seen that, too", || hub.stats().behind == 0).await;
    let other = Hub::connect(&redis.url()).await.unwrap();
    other.publish_all([("a", Event::data("1/2")), ("a", Event::data("2/2"))]).await.unwrap();
    for expected in ["before", "1/2", "2/2"] {
        assert_eq!(text(&mut events).await, expected);
    }
    assert!(nothing_comes(&mut events).await);
    assert_eq!((hub.stats().epochs, hub.stats().gaps), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_whose_rest_was_never_written_is_passed_over_by_every_node() {
    let Some(redis) = redis("a part of a group", &[]).await else { return };
    let hub = Hub::connect(&redis.url()).await.unwrap();
    let mut events = hub.subscribe("a").announce(false);
    let before = hub.publish("a", Event::data("before")).await.unwrap();
    write(&redis, "1/3").await;
    write(&redis, "2/3").await;
    let cold = Hub::connect(&redis.url()).await.unwrap();
    let last = hub.publish("a", Event::data("after")).await.unwrap();
    until("the other node has it", || cold.position() == last).await;
    let late = Hub::connect(&redis.url()).await.unwrap();
    let resumed = cold.subscribe("a").resume(Some(before.into())).announce(false);
    let all = late.subscribe("a").start(Start::Earliest).announce(false);
    for (mut events, expected) in [(resumed, &["after"][..]), (all, &["before", "after"])] {
        for expected in expected {
            assert_eq!(text(&mut events).await, *expected);
        }
    }
    assert_eq!([text(&mut events).await, text(&mut events).await], ["before", "after"]);
    for hub in [hub, cold, late] {
        assert_eq!((hub.stats().epochs, hub.stats().gaps), (0, 0));
    }
}

const LARGE: usize = 60_000;

/// Large enough for a node behind a slow network to read one at a time.
fn group() -> impl Iterator<Item = (&'static str, Event)> {
    (0..16).map(|number| ("a", Event::data(format!("{number} {}", "x".repeat(LARGE)))))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_reads_them_one_by_one_has_all_of_them_or_none_whatever_becomes_of_redis() {
    let Some(mut redis) = redis("a group and a slow network", &[]).await else { return };
    let hub = Hub::connect(&redis.url()).await.unwrap();
    let gate = Gate::to(redis.address()).await;
    let slow = Hub::connect(&gate.url()).await.unwrap();
    let mut events = slow.subscribe("a").announce(false);
    // How many come before something else, and what that is.
    let mut received = async || {
        for number in 0.. {
            let text = text(&mut events).await;
            if !text.starts_with(&format!("{number} ")) {
                return (number, text);
            }
        }
        unreachable!("there are not so many")
    };
    hub.publish_all(group()).await.unwrap();
    hub.publish("a", Event::data("whole")).await.unwrap();
    assert_eq!(received().await, (16, "whole".to_owned()));
    gate.close();
    hub.publish_all(group()).await.unwrap();
    gate.slow_down(200_000);
    // On a new connection, it reads one event first.
    gate.lead_to(redis.address());
    gate.open();
    sleep(Duration::from_secs(2)).await;
    redis.lose_all().await;
    let (count, told) = received().await;
    assert!([0, 16].contains(&count), "{count} of 16");
    assert_eq!(told, "unknown");
}
