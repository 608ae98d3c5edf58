//! Faults of Redis, while 200 clients come and go between two nodes.

use std::time::Duration;

use futures::future::join_all;
use sse_hub::{EventId, Hub, PublishError, Subscription};
use sse_runtime::Event;
use system_tests::cluster::gate::Gate;
use system_tests::cluster::world::World;
use tests::patience::{PATIENCE, until};
use tokio::time::{sleep, timeout};

use crate::{A_SECOND, A_WHILE, CLIENTS, redis, seed, text};

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_come_and_go_between_nodes_receive_everything() {
    let Some(redis) = redis("clients between nodes", &[]).await else { return };
    let world = World::start(&redis.url(), CLIENTS, A_SECOND, seed()).await;
    sleep(A_WHILE).await;
    let outcome = world.finish().await;
    outcome.check();
    assert_eq!((outcome.gaps(), outcome.ledger.unknown), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_are_killed_and_paused_lose_nothing() {
    let Some(redis) = redis("killed connections", &[]).await else { return };
    let world = World::start(&redis.url(), CLIENTS, A_SECOND, seed()).await;
    for _ in 0..3 {
        sleep(A_WHILE / 2).await;
        redis.ask(&["CLIENT", "KILL", "TYPE", "normal"]).await;
        sleep(A_WHILE / 2).await;
        redis.ask(&["CLIENT", "PAUSE", "300"]).await;
    }
    let outcome = world.finish().await;
    outcome.check();
    assert_eq!(outcome.gaps(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_broke_while_nothing_was_published_costs_no_event_its_outcome() {
    let Some(redis) = redis("an idle connection", &[]).await else { return };
    let hub = Hub::connect(&redis.url()).await.unwrap();
    hub.publish("a", Event::data("1")).await.unwrap();
    redis.ask(&["CLIENT", "KILL", "TYPE", "normal"]).await;
    // For longer than an unused connection is trusted.
    sleep(Duration::from_millis(1100)).await;
    assert!(hub.publish("a", Event::data("2")).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_is_killed_with_all_on_disk_loses_nothing() {
    let settings = ["--appendonly", "yes", "--appendfsync", "always"];
    let Some(mut redis) = redis("a kill with AOF", &settings).await else { return };
    let world = World::start(&redis.url(), CLIENTS, A_SECOND, seed()).await;
    sleep(A_WHILE).await;
    redis.kill();
    until("the nodes see it", || world.nodes.iter().all(|node| !node.stats().connected)).await;
    redis.start_again().await;
    sleep(A_WHILE).await;
    let outcome = world.finish().await;
    outcome.check();
    assert_eq!(outcome.gaps(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_is_killed_with_nothing_on_disk_makes_a_gap_for_everyone() {
    let Some(mut redis) = redis("a kill without persistence", &[]).await else { return };
    let world = World::start(&redis.url(), CLIENTS, A_SECOND, seed()).await;
    sleep(A_WHILE).await;
    redis.kill();
    redis.start_again().await;
    sleep(A_WHILE).await;
    let outcome = world.finish().await;
    outcome.check_after_losses(1);
    assert!(outcome.all_were_told("unknown"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_is_flushed_makes_a_gap_for_everyone() {
    let Some(redis) = redis("FLUSHALL", &[]).await else { return };
    let world = World::start(&redis.url(), CLIENTS, A_SECOND, seed()).await;
    sleep(A_WHILE).await;
    redis.ask(&["FLUSHALL"]).await;
    sleep(A_WHILE).await;
    let outcome = world.finish().await;
    outcome.check_after_losses(1);
    assert!(outcome.all_were_told("unknown"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_stands_still_for_a_while_loses_nothing() {
    let Some(redis) = redis("SIGSTOP", &[]).await else { return };
    let world = World::start(&redis.url(), CLIENTS, A_SECOND, seed()).await;
    sleep(A_WHILE).await;
    redis.signal("-STOP");
    until("the nodes see it", || world.nodes.iter().all(|node| !node.stats().connected)).await;
    redis.signal("-CONT");
    sleep(A_WHILE).await;
    let outcome = world.finish().await;
    outcome.check();
    assert_eq!(outcome.gaps(), 0);
}

/// Promotes a replica while the old primary still accepts events. On the replica, other events get the numbers of those
/// that are lost.
async fn a_lost_tail(runs_ahead: bool) {
    let Some(mut primary) = redis("a lost tail", &[]).await else { return };
    let replica = primary.replica().await;
    let gate = Gate::to(primary.address()).await;
    let world = World::start(&gate.url(), CLIENTS, A_SECOND, seed()).await;
    if runs_ahead {
        primary.run_ahead().await;
    }
    sleep(A_WHILE).await;
    replica.ask(&["REPLICAOF", "NO", "ONE"]).await;
    sleep(A_WHILE).await;
    primary.kill();
    gate.lead_to(replica.address());
    sleep(A_WHILE).await;
    let outcome = world.finish().await;
    outcome.check_after_losses(1);
    assert!(outcome.all_were_told("unknown"));
    assert_eq!(outcome.ledger.refused(), 0, "no ID is too low");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_tail_makes_a_gap_for_everyone_and_nothing_else_is_missing() {
    a_lost_tail(false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn so_does_one_where_the_clock_of_the_replica_is_five_seconds_behind() {
    a_lost_tail(true).await;
}

async fn publish(hub: &Hub, data: &[&'static str]) -> Vec<EventId> {
    let outcomes = data.iter().map(|data| hub.publish("a", Event::data(*data)));
    join_all(outcomes).await.into_iter().map(|id| id.expect("Redis takes it")).collect()
}

async fn next(events: &mut Subscription) -> Event {
    timeout(PATIENCE, events.next()).await.expect("it comes").expect("it goes on")
}

/// Has Redis lose the last two events, and puts these in their place.
async fn lost_for_others(others: &[&'static str], runs_ahead: bool) {
    let Some(mut primary) = redis("the numbers of lost events", &[]).await else { return };
    let gate = Gate::to(primary.address()).await;
    let hub = Hub::connect(&gate.url()).await.unwrap();
    let mut events = hub.subscribe("a").announce(false);
    publish(&hub, &["0"]).await;
    let replica = primary.replica().await;
    replica.ask(&["REPLICAOF", "NO", "ONE"]).await;
    if runs_ahead {
        primary.run_ahead().await;
    }
    publish(&hub, &["1", "2"]).await;
    for expected in ["0", "1", "2"] {
        assert_eq!(text(&mut events).await, expected);
    }
    let other = Hub::connect(&replica.url()).await.unwrap();
    publish(&other, &others[..2]).await;
    if runs_ahead {
        replica.run_ahead().await;
    }
    publish(&other, &others[2..]).await;
    primary.kill();
    gate.lead_to(replica.address());
    let gap = next(&mut events).await;
    assert_eq!((gap.fields().event, gap.fields().data), (Some("gap"), Some("unknown")));
    publish(&other, &["later"]).await;
    while text(&mut events).await != "later" {}
}

#[tokio::test(flavor = "multi_thread")]
async fn as_many_other_events_as_were_lost_are_not_taken_for_them() {
    lost_for_others(&["x", "y"], false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nor_are_more_of_them() {
    lost_for_others(&["x", "y", "z"], false).await;
}

/// The next entry, by its place in the log and by its number, doesn't continue what was lost.
#[tokio::test(flavor = "multi_thread")]
async fn nor_are_those_before_the_next_event_if_the_clock_of_the_replica_is_behind() {
    lost_for_others(&["x", "y", "z"], true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_two_events_have_one_id_although_redis_has_lost_its_end() {
    let Some(mut primary) = redis("IDs after a lost tail", &[]).await else { return };
    let gate = Gate::to(primary.address()).await;
    let hub = Hub::connect(&gate.url()).await.unwrap();
    let mut ids = publish(&hub, &["0"]).await;
    let replica = primary.replica().await;
    replica.ask(&["REPLICAOF", "NO", "ONE"]).await;
    ids.extend(publish(&hub, &["1", "2"]).await);
    primary.kill();
    gate.lead_to(replica.address());
    let published = async {
        loop {
            if let Ok(id) = hub.publish("a", Event::data("3")).await {
                return id;
            }
        }
    };
    let id = timeout(PATIENCE, published).await.expect("Redis is back");
    assert!(!ids.contains(&id), "{id} is among {ids:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_redis_refuses_halfway_leaves_no_hole() {
    let Some(redis) = redis("a refused event", &[]).await else { return };
    let hub = Hub::connect(&redis.url()).await.unwrap();
    let mut events = hub.subscribe("a").announce(false);
    publish(&hub, &["1"]).await;
    redis.ask(&["ACL", "SETUSER", "default", "-xadd"]).await;
    assert_eq!(hub.publish("a", Event::data("2")).await, Err(PublishError::Refused));
    redis.ask(&["ACL", "SETUSER", "default", "+xadd"]).await;
    publish(&hub, &["3"]).await;
    assert_eq!([text(&mut events).await, text(&mut events).await], ["1", "3"]);
    assert_eq!((hub.stats().epochs, hub.stats().gaps), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_is_full_refuses_and_nobody_receives_what_it_refused() {
    let Some(redis) = redis("maxmemory", &["--maxmemory-policy", "noeviction"]).await else {
        return;
    };
    let world = World::start(&redis.url(), CLIENTS, A_SECOND, seed()).await;
    sleep(A_WHILE).await;
    redis.ask(&["CONFIG", "SET", "maxmemory", "1"]).await;
    let refused = async {
        loop {
            let outcome = world.nodes[0].publish("e", Event::data("?")).await;
            if outcome == Err(PublishError::Refused) {
                return;
            }
        }
    };
    timeout(PATIENCE, refused).await.expect("it refuses");
    redis.ask(&["CONFIG", "SET", "maxmemory", "0"]).await;
    let outcome = world.finish().await;
    outcome.check();
    assert_eq!(outcome.gaps(), 0);
}

/// What `allkeys-lru` and its like may drop.
#[tokio::test(flavor = "multi_thread")]
async fn whichever_key_redis_evicts_nothing_is_lost_in_silence() {
    let Some(redis) = redis("evicted keys", &[]).await else { return };
    let world = World::start(&redis.url(), CLIENTS, A_SECOND, seed()).await;
    for key in ["log", "topics", "hub"] {
        sleep(A_WHILE).await;
        redis.ask(&["DEL", &format!("{{sse-hub}}:{key}")]).await;
        // Clients of a node that starts then aren't told either.
        let starts = async { while Hub::connect(&redis.url()).await.is_err() {} };
        timeout(PATIENCE, starts).await.expect("it starts");
    }
    sleep(A_WHILE).await;
    // The hub's main key says which history it is.
    world.finish().await.check_after_losses(1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_stranger_writes_into_the_log_reaches_nobody_and_stops_nobody() {
    let Some(redis) = redis("a stranger", &[]).await else { return };
    let world = World::start(&redis.url(), CLIENTS, A_SECOND, seed()).await;
    for field in ["d", "h", "t"] {
        sleep(A_WHILE / 3).await;
        redis.ask(&["XADD", "{sse-hub}:log", "*", field, "x\ndata: y"]).await;
    }
    Hub::connect(&redis.url()).await.expect("a node can start");
    sleep(A_WHILE).await;
    let outcome = world.finish().await;
    outcome.check();
    assert_eq!((outcome.gaps(), outcome.ledger.unknown), (0, 0));
}
