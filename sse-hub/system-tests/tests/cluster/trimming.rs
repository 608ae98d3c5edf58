//! Nodes that were away while the log lost its beginning, or all of it: clients are told only of what they miss.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use futures::future::join_all;
use sse_hub::{EventId, Hub, Resumed, Subscription};
use sse_runtime::{Event, LastEventId};
use system_tests::cluster::gate::Gate;
use tests::patience::{PATIENCE, until};
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

use crate::groups::{dump, restore};
use crate::{A_WHILE, redis, text};

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_is_evicted_before_a_node_has_read_its_end_is_a_gap_there_and_only_in_its_topic()
{
    let Some(redis) = redis("an evicted log", &[]).await else { return };
    let gate = Gate::to(redis.address()).await;
    let (hub, lags) =
        (Hub::connect(&redis.url()).await.unwrap(), Hub::connect(&gate.url()).await.unwrap());
    let [mut busy, mut quiet] =
        ["busy", "quiet"].map(|topic| lags.subscribe(topic).announce(false));
    let mut elsewhere = hub.subscribe("busy").announce(false);
    let id = hub.publish(["busy", "quiet"], Event::data("1")).await.unwrap();
    until("it has the first", || lags.position() == id).await;
    // What clients have not read when their node begins anew would be missing, too.
    assert_eq!([text(&mut busy).await, text(&mut quiet).await], ["1", "1"]);
    gate.close();
    until("it has lost Redis", || !lags.stats().connected).await;
    let id = hub.publish("busy", Event::data("2")).await.unwrap();
    redis.ask(&["DEL", "{sse-hub}:log"]).await;
    gate.open();
    until("it has gone on", || lags.position() == id).await;
    hub.publish(["busy", "quiet"], Event::data("3")).await.unwrap();
    for (events, expected) in [
        (&mut busy, &["overflow", "3"][..]),
        (&mut quiet, &["3"]),
        (&mut elsewhere, &["1", "2", "3"]),
    ] {
        for expected in expected {
            assert_eq!(text(events).await, *expected);
        }
    }
    assert_eq!([hub.stats().epochs, lags.stats().epochs], [0, 0]);
    assert_eq!(hub.stats().gaps, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_somebody_deletes_is_a_gap_for_who_has_not_read_it_and_for_nobody_else() {
    let Some(redis) = redis("a deleted entry", &[]).await else { return };
    let gate = Gate::to(redis.address()).await;
    let (hub, lags) =
        (Hub::connect(&redis.url()).await.unwrap(), Hub::connect(&gate.url()).await.unwrap());
    let [mut a, mut b] = ["a", "b"].map(|topic| lags.subscribe(topic).announce(false));
    let id = hub.publish(["a", "b"], Event::data("1")).await.unwrap();
    until("it has the first", || lags.position() == id).await;
    assert_eq!([text(&mut a).await, text(&mut b).await], ["1", "1"]);
    gate.close();
    until("it has lost Redis", || !lags.stats().connected).await;
    hub.publish("a", Event::data("2")).await.unwrap();
    let newest = redis.ask(&["XREVRANGE", "{sse-hub}:log", "+", "-", "COUNT", "1"]).await;
    let newest: Vec<(String, Vec<String>)> = ::redis::from_redis_value(newest).unwrap();
    redis.ask(&["XDEL", "{sse-hub}:log", &newest[0].0]).await;
    hub.publish(["a", "b"], Event::data("3")).await.unwrap();
    gate.open();
    for (events, expected) in [(&mut a, &["overflow", "3"][..]), (&mut b, &["3"])] {
        for expected in expected {
            assert_eq!(text(events).await, *expected);
        }
    }
    assert_eq!([hub.stats().epochs, lags.stats().epochs, hub.stats().gaps], [0, 0, 0]);
}

/// The log in Redis is trimmed by the node with the shorter window.
#[tokio::test(flavor = "multi_thread")]
async fn nodes_with_different_windows_tell_of_what_is_missing_each_by_what_it_has() {
    let Some(redis) = redis("windows", &["--stream-node-max-entries", "1"]).await else { return };
    let window = |window| Hub::builder().replay(window, 64 << 20).connect(redis.url().leak());
    let short = window(Duration::from_millis(200)).await.unwrap();
    let long = window(Duration::from_mins(2)).await.unwrap();
    let first = long.publish("busy", Event::data("1")).await.unwrap();
    long.publish("busy", Event::data("2")).await.unwrap();
    sleep(Duration::from_millis(300)).await;
    let last = short.publish("busy", Event::data("3")).await.unwrap();
    let cold = window(Duration::from_mins(2)).await.unwrap();
    until("all have it", || [&long, &cold].iter().all(|hub| hub.position() == last)).await;
    let resumed = async |hub: &Hub, topic: &str| {
        timeout(PATIENCE, hub.subscribe(topic).resume(Some(first.into())).resumed()).await.unwrap()
    };
    assert_eq!(resumed(&long, "busy").await, Resumed::Complete);
    assert_eq!(resumed(&short, "busy").await, Resumed::Gap);
    assert_eq!(resumed(&cold, "busy").await, Resumed::Gap);
    assert_eq!(resumed(&cold, "quiet").await, Resumed::Complete);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_herd_whose_positions_are_ahead_of_its_node_waits_for_it_and_asks_redis_nothing() {
    let Some(redis) = redis("a herd ahead", &[]).await else { return };
    let gate = Gate::to(redis.address()).await;
    let (hub, behind) =
        (Hub::connect(&redis.url()).await.unwrap(), Hub::connect(&gate.url()).await.unwrap());
    gate.close();
    let ids: Vec<EventId> = join_all((0..500).map(|number| hub.publish("a", Event::data(number))))
        .await
        .into_iter()
        .map(|id| id.expect("Redis takes it"))
        .collect();
    let before = crate::nodes::commands(&redis).await;
    let clients = (0..10_000).map(|client| {
        let from = client % ids.len();
        let mut events = behind.subscribe("a").resume(Some(ids[from].into())).announce(false);
        tokio::spawn(async move {
            assert_eq!(events.resumed().await, Resumed::Complete);
            for number in from + 1..500 {
                assert_eq!(text(&mut events).await, number.to_string());
            }
        })
    });
    let clients: Vec<_> = clients.collect();
    sleep(A_WHILE).await;
    assert!(!clients.iter().any(tokio::task::JoinHandle::is_finished), "they wait");
    gate.open();
    for client in clients {
        client.await.expect("it has all that came after its position");
    }
    let commands = crate::nodes::commands(&redis).await - before;
    assert!(commands < 1000, "{commands} commands for 10,000 clients");
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_that_see_a_loss_at_the_same_time_begin_one_new_history() {
    let Some(redis) = redis("many nodes", &[]).await else { return };
    let hubs = (0..20).map(|_| async { Hub::connect(&redis.url()).await.unwrap() });
    let hubs = join_all(hubs).await;
    let lose = "redis.call('DEL', KEYS[2])
        return redis.call('HSET', KEYS[1], 'sequence', 0, 'token', 0)";
    for losses in 1..=5 {
        let id = loop {
            // The old connections end.
            if let Ok(id) = hubs[0].publish("a", Event::data(losses)).await {
                break id;
            }
        };
        until("all have it", || hubs.iter().all(|hub| hub.position() == id)).await;
        redis.ask(&["EVAL", lose, "2", "{sse-hub}:hub", "{sse-hub}:log"]).await;
        redis.ask(&["CLIENT", "KILL", "TYPE", "normal"]).await;
        until("all see it", || hubs.iter().all(|hub| hub.stats().epochs >= losses)).await;
        let agree = || hubs.iter().all(|hub| hub.position() == hubs[0].position());
        until("all agree", agree).await;
        assert!(hubs.iter().all(|hub| hub.stats().epochs == losses), "{losses}");
    }
}

/// Counts how often the task of a subscription is polled until this is over.
async fn polls(mut events: Subscription, over: Arc<Notify>) -> u64 {
    let (mut next, mut over) = (pin!(events.next()), pin!(over.notified()));
    let mut polls = 0;
    poll_fn(|cx| {
        if over.as_mut().poll(cx).is_ready() {
            return Poll::Ready(polls);
        }
        polls += 1;
        assert!(next.as_mut().poll(cx).is_pending(), "nobody publishes for it");
        Poll::Pending
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_make_up_positions_are_not_woken_by_the_events_of_others() {
    let Some(redis) = redis("made up positions", &[]).await else { return };
    let hub = Hub::connect(&redis.url()).await.unwrap();
    let position = hub.position().to_string();
    let epoch = position.split_once('.').expect("an ID").0;
    let over = Arc::new(Notify::new());
    let made_up = |client: usize| {
        // Half of them further than any event will be, and half in a history that never was.
        let id = if client.is_multiple_of(2) {
            format!("{epoch}.{}", 1_000_000 + client)
        } else {
            format!("{client:016x}.{client}")
        };
        let events = hub.subscribe("nobody's").resume(LastEventId::new(id));
        let events = events.announce(false).on_gap(|_| None);
        tokio::spawn(polls(events, Arc::clone(&over)))
    };
    let begin = Instant::now();
    let clients: Vec<_> = (0..500).map(made_up).collect();
    for _ in 0..20 {
        let publishes = (0..200).map(|number| hub.publish("busy", Event::data(number)));
        assert!(join_all(publishes).await.iter().all(Result::is_ok));
        sleep(A_WHILE / 7).await;
    }
    assert_eq!(hub.stats().wakes, 0);
    over.notify_waiters();
    // The engine looks once a second.
    let looks = begin.elapsed().as_secs() + 1;
    for client in clients {
        let polls = client.await.unwrap();
        assert!(polls <= looks + 2, "{polls} polls: the first, {looks} looks, and one to begin");
    }
}

/// Eight events of the largest size, over a network on which they take as many seconds.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_starts_over_a_slow_network() {
    let Some(redis) = redis("a slow network", &[]).await else { return };
    let hub = Hub::connect(&redis.url()).await.unwrap();
    let large = "x".repeat(1_000_000);
    let mut last = hub.position();
    for _ in 0..8 {
        last = hub.publish("a", Event::data(large.clone())).await.unwrap();
    }
    let gate = Gate::to(redis.address()).await;
    gate.slow_down(1_000_000);
    let cold = Hub::connect(&gate.url()).await.expect("it starts");
    assert_eq!((cold.position(), cold.stats().events), (last, 8));
    let mut events = cold.subscribe("a").announce(false);
    hub.publish("a", Event::data("small")).await.unwrap();
    let next = timeout(PATIENCE, events.next()).await.expect("it comes").expect("it goes on");
    assert_eq!(next.fields().data, Some("small"));
}

/// The log then begins with what has taken its place.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_whose_last_event_was_replaced_and_trimmed_begins_a_new_history() {
    for others in [["x", "y"].as_slice(), &["x", "y", "z"]] {
        let Some(redis) = redis("a replaced event", &[]).await else { return };
        let gate = Gate::to(redis.address()).await;
        let lags = Hub::connect(&gate.url()).await.unwrap();
        let mut events = lags.subscribe("a").announce(false);
        lags.publish("a", Event::data("1")).await.unwrap();
        let before = dump(&redis).await;
        lags.publish("a", Event::data("lost")).await.unwrap();
        assert_eq!([text(&mut events).await, text(&mut events).await], ["1", "lost"]);
        gate.close();
        until("it has lost Redis", || !lags.stats().connected).await;
        redis.ask(&["DEL", "{sse-hub}:log"]).await;
        restore(&redis, &before).await;
        let other = Hub::connect(&redis.url()).await.unwrap();
        let mut ids = Vec::new();
        for data in others {
            other.publish("a", Event::data(*data)).await.unwrap();
            let newest = ["XREVRANGE", "{sse-hub}:log", "+", "-", "COUNT", "1"];
            let entries: Vec<(String, Vec<String>)> =
                ::redis::from_redis_value(redis.ask(&newest).await).expect("an entry");
            ids.push(entries[0].0.clone());
        }
        // What is left begins with the number that is lost, or directly after it.
        if others.len() == 3 {
            redis.ask(&["XDEL", "{sse-hub}:log", &ids[0]]).await;
        }
        gate.open();
        assert_eq!(text(&mut events).await, "unknown");
        assert_eq!(lags.stats().epochs, 1);
    }
}
