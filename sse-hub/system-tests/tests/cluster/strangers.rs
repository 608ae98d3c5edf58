//! Other programs that write into the hub's log.

use sse_hub::{Hub, Resumed};
use sse_runtime::Event;
use system_tests::cluster::world::World;
use tests::patience::until;
use tokio::time::{sleep, timeout};

use crate::{A_SECOND, A_WHILE, CLIENTS, redis, seed, text};

/// After an entry with this ID, Redis takes no lower one.
async fn an_entry_with_this_id_stops_nobody(id: &str) {
    let Some(redis) = redis("a stranger from the future", &[]).await else { return };
    let world = World::start(&redis.url(), CLIENTS, A_SECOND, seed()).await;
    sleep(A_WHILE).await;
    redis.ask(&["XADD", "{sse-hub}:log", id, "d", "x"]).await;
    let cold = Hub::connect(&redis.url()).await.expect("a node can start");
    sleep(A_WHILE).await;
    let outcome = world.finish().await;
    outcome.check();
    assert_eq!((outcome.gaps(), outcome.ledger.unknown, outcome.ledger.refused()), (0, 0, 0));
    let last = cold.publish("e", Event::data("last")).await.unwrap();
    until("the node that has started goes on", || cold.position() == last).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_from_the_far_future_stops_nobody() {
    an_entry_with_this_id_stops_nobody("99999999999999-0").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nor_does_one_with_the_last_id_that_there_is() {
    an_entry_with_this_id_stops_nobody("18446744073709551615-18446744073709551615").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_is_quiet_then_goes_on_at_every_node() {
    let Some(redis) = redis("a quiet hub", &[]).await else { return };
    let hubs =
        [Hub::connect(&redis.url()).await.unwrap(), Hub::connect(&redis.url()).await.unwrap()];
    let mut events = hubs.each_ref().map(|hub| hub.subscribe("a").announce(false));
    let first = hubs[0].publish("a", Event::data("1")).await.unwrap();
    hubs[0].publish("a", Event::data("and a half")).await.unwrap();
    redis.ask(&["XADD", "{sse-hub}:log", "99999999999999-0", "d", "x"]).await;
    sleep(A_WHILE).await;
    hubs[1].publish("a", Event::data("2")).await.unwrap();
    hubs[0].publish("a", Event::data("3")).await.unwrap();
    for events in &mut events {
        for expected in ["1", "and a half", "2", "3"] {
            assert_eq!(text(events).await, expected);
        }
        assert!(timeout(A_WHILE, events.next()).await.is_err(), "and nothing else comes");
    }
    assert_eq!((hubs[0].stats().epochs, hubs[0].stats().refused), (0, 0));
    // The newest events are still in Redis.
    let cold = Hub::connect(&redis.url()).await.unwrap();
    let mut events = cold.subscribe("a").resume(Some(first.into())).announce(false);
    assert_eq!(events.resumed().await, Resumed::Complete);
    assert_eq!(text(&mut events).await, "and a half");
}
