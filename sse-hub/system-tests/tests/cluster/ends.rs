//! Ending the subscriptions with a tag, whatever happens to nodes and to Redis.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use futures::future::join_all;
use sse_hub::{Hub, Subscription};
use sse_runtime::Event;
use system_tests::cluster::gate::Gate;
use tests::patience::{PATIENCE, until};
use tokio::task::JoinHandle;
use tokio::time::{interval, sleep, timeout};

use crate::{A_WHILE, CLIENTS, redis, seed, text};

const USERS: usize = 40;
const TOPICS: [&str; 4] = ["a", "b", "c", "d"];
const OVER: &str = "all is over";

fn bye() -> Event {
    Event::data("you have signed out").event("bye")
}

async fn next(events: &mut Subscription) -> Option<Event> {
    timeout(PATIENCE, events.next()).await.expect("something comes")
}

/// What a client has received.
#[derive(Debug, Default)]
struct Seen {
    numbers: Vec<u64>,
    is_ended: bool,
}

async fn read(mut events: Subscription) -> Seen {
    let mut seen = Seen::default();
    while let Some(event) = next(&mut events).await {
        let fields = event.fields();
        match (fields.event, fields.data) {
            (Some("bye"), _) => seen.is_ended = fields.id.is_none(),
            (None, Some(OVER)) => break,
            (None, Some(number)) => seen.numbers.push(number.parse().expect("a number")),
            other => panic!("{other:?} was never sent"),
        }
    }
    assert!(!seen.is_ended || next(&mut events).await.is_none(), "it has ended");
    seen
}

/// Publishes numbers, a thousand a second, until it is over. An event with a number from `next` on is not published yet.
fn publish(nodes: &[Hub], next: &Arc<AtomicU64>, is_over: &Arc<AtomicBool>) -> JoinHandle<()> {
    let (nodes, next, is_over) = (nodes.to_vec(), Arc::clone(next), Arc::clone(is_over));
    tokio::spawn(async move {
        let mut ticks = interval(Duration::from_millis(1));
        while !is_over.load(Ordering::Relaxed) {
            ticks.tick().await;
            let number = next.fetch_add(1, Ordering::SeqCst);
            let at = usize::try_from(number).expect("few");
            drop(nodes[at % 2].publish(TOPICS[at / 2 % 4], Event::data(number)));
        }
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn users_that_are_ended_while_redis_is_killed_receive_nothing_later_and_the_others_receive_everything()
 {
    let settings = ["--appendonly", "yes", "--appendfsync", "always"];
    let Some(mut redis) = redis("ends and a kill", &settings).await else { return };
    let seed = seed();
    let url = redis.url();
    let nodes: Vec<Hub> =
        join_all([(); 2].map(|()| async { Hub::connect(&url).await.unwrap() })).await;
    let mut clients = Vec::new();
    for client in 0..CLIENTS {
        let events = nodes[client % 2].subscribe(TOPICS[client % 4]).announce(false);
        let events = events.tag(format!("user:{}", client / 5)).tag(format!("client:{client}"));
        // Some of them read nothing until the end.
        let delay = if client % 5 == 0 { A_WHILE * 6 } else { Duration::ZERO };
        clients.push(tokio::spawn(async move {
            sleep(delay).await;
            read(events).await
        }));
    }
    let (number, is_over) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let publisher = publish(&nodes, &number, &is_over);

    let mut users: Vec<usize> = (0..USERS).collect();
    fastrand::Rng::with_seed(seed).shuffle(&mut users);
    let (ended, stay) = users.split_at(USERS / 2);
    let ending = {
        let (nodes, number, ended) = (nodes.clone(), Arc::clone(&number), ended.to_vec());
        tokio::spawn(async move {
            let mut ends = Vec::new();
            for user in ended {
                sleep(A_WHILE / 8).await;
                // If the outcome is unknown, it can be tried again.
                while nodes[user % 2].end(&format!("user:{user}"), bye()).await.is_err() {}
                ends.push((user, number.load(Ordering::SeqCst)));
            }
            ends
        })
    };
    sleep(A_WHILE).await;
    redis.kill();
    until("the nodes see it", || nodes.iter().all(|node| !node.is_ready())).await;
    redis.start_again().await;
    let ends = timeout(PATIENCE, ending).await.expect("all are ended").unwrap();
    is_over.store(true, Ordering::Relaxed);
    publisher.await.unwrap();
    nodes[0].flush().await;
    nodes[1].flush().await;
    nodes[0].publish(TOPICS, Event::data(OVER)).await.unwrap();
    let accounts: Vec<Seen> =
        join_all(clients).await.into_iter().map(|client| client.expect("it reads")).collect();

    for (user, later) in ends {
        for seen in &accounts[user * 5..user * 5 + 5] {
            assert!(seen.is_ended, "user {user}");
            let newest = seen.numbers.last().copied().unwrap_or(0);
            assert!(seen.numbers.is_empty() || newest < later, "{user}: {newest} after {later}");
        }
    }
    for user in stay {
        for seen in &accounts[user * 5..user * 5 + 5] {
            assert!(!seen.is_ended, "user {user}");
            assert!(seen.numbers.len() > 50, "{} events", seen.numbers.len());
        }
    }
    let hubs = nodes.iter().map(Hub::stats);
    assert!(hubs.into_iter().all(|stats| (stats.gaps, stats.epochs) == (0, 0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_was_cut_off_ends_its_own_before_it_sends_anything_newer() {
    let Some(redis) = redis("ends at a node that is cut off", &[]).await else { return };
    let hub = Hub::connect(&redis.url()).await.unwrap();
    let gate = Gate::to(redis.address()).await;
    let cut_off = Hub::connect(&gate.url()).await.unwrap();
    let client = |tag: &str| cut_off.subscribe("a").announce(false).tag(tag);
    let (mut ended, mut idle, mut stays) = (client("user:7"), client("user:7"), client("user:8"));
    gate.close();
    hub.end("user:7", bye()).await.unwrap();
    hub.publish("a", Event::data("after")).await.unwrap();
    assert!(timeout(A_WHILE, ended.next()).await.is_err(), "it hears of nothing");
    gate.open();
    for events in [&mut ended, &mut idle] {
        until("it is back", || cut_off.subscribers("a") == 1).await;
        assert_eq!(next(events).await.unwrap().fields().event, Some("bye"));
        assert!(next(events).await.is_none());
    }
    assert_eq!(text(&mut stays).await, "after");
}

/// Those with any tag are sent away, and the others stay and are told of what they missed.
async fn nobody_can_say_whom_to_end(hub: &Hub, mut tagged: Subscription, mut other: Subscription) {
    let farewell = next(&mut tagged).await.unwrap();
    assert!(farewell.fields().retry.is_some() && farewell.fields().id.is_none(), "{farewell:?}");
    assert!(next(&mut tagged).await.is_none());
    assert_eq!(next(&mut other).await.unwrap().fields().event, Some("gap"));
    assert_eq!(hub.subscribers("a"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_was_cut_off_for_too_long_to_know_sends_those_with_tags_away() {
    let settings = ["--stream-node-max-entries", "1"];
    let Some(redis) = redis("ends that are trimmed", &settings).await else { return };
    let window = Duration::from_secs(1);
    let node =
        async |url: String| Hub::builder().replay(window, 64 << 20).connect(&url).await.unwrap();
    let hub = node(redis.url()).await;
    let gate = Gate::to(redis.address()).await;
    let cut_off = node(gate.url()).await;
    let client = || cut_off.subscribe("a").announce(false);
    let (tagged, other) = (client().tag("user:7"), client());
    gate.close();
    hub.publish("a", Event::data("missed")).await.unwrap();
    hub.end("user:7", bye()).await.unwrap();
    sleep(window * 2).await;
    for _ in 0..3 {
        hub.publish("b", Event::data("trims the log")).await.unwrap();
    }
    gate.open();
    nobody_can_say_whom_to_end(&cut_off, tagged, other).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn so_does_one_whose_redis_has_lost_what_was_recorded() {
    let Some(redis) = redis("ends that are lost", &[]).await else { return };
    let hub = Hub::connect(&redis.url()).await.unwrap();
    let client = || hub.subscribe("a").announce(false);
    hub.publish("a", Event::data("lost")).await.unwrap();
    let (tagged, other) = (client().tag("user:7"), client());
    redis.ask(&["FLUSHALL"]).await;
    nobody_can_say_whom_to_end(&hub, tagged, other).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_is_no_event_and_leaves_nothing_to_a_node_that_starts() {
    let Some(redis) = redis("ends in the log", &[]).await else { return };
    let hub = Hub::connect(&redis.url()).await.unwrap();
    hub.publish("a", Event::data("1")).await.unwrap();
    hub.end("user:7", bye()).await.unwrap();
    let last = hub.publish("a", Event::data("2")).await.unwrap();
    let cold = Hub::connect(&redis.url()).await.unwrap();
    assert_eq!((cold.position(), cold.stats().topics), (last, 1));
    let events = cold.subscribe("a").start(sse_hub::Start::Earliest).announce(false);
    let mut events = events.tag("user:7");
    assert_eq!([text(&mut events).await, text(&mut events).await], ["1", "2"]);
    assert_eq!((hub.stats().epochs, hub.stats().gaps), (0, 0));
}
