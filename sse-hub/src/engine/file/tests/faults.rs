//! A disk that fails, and a machine that does.

use std::io::ErrorKind;
use std::time::Duration;

use futures::StreamExt as _;
use sse_runtime::{Event, LastEventId};
use tokio::time::{sleep, timeout};

use super::{LONG, Place, after, all, publish, there};
use crate::error::PublishError;
use crate::event_id::EventId;
use crate::positions::{Gap, Resumed, Start};
use crate::store::faulty::Call;
use crate::store::{Layer as _, Os};

#[tokio::test]
async fn what_the_disk_does_not_take_is_refused_and_the_hub_lives_on() {
    for call in [Call::Append, Call::Sync] {
        let place = Place::new();
        let hub = place.open().await;
        let mut events = hub.subscribe("a").announce(false);
        let first = publish(&hub, "a", "1").await;
        place.disk.fail_once(call, ErrorKind::StorageFull);
        let refused = hub.publish("a", Event::data("refused")).await;
        assert_eq!(refused, Err(PublishError::Refused), "{call:?}");
        assert!(!hub.stats().connected);
        let second = publish(&hub, "a", "2").await;
        assert!(hub.stats().connected);
        assert_eq!((second.epoch, second.sequence), (first.epoch, 2));
        assert_eq!(there(&mut events), ["1", "2"], "{call:?}");
        drop(events);
        let hub = place.open_after(hub).await;
        assert_eq!(all(&hub, "a"), ["1", "2"], "{call:?}");
    }
}

#[tokio::test]
async fn what_can_not_be_taken_back_is_unknown_and_reaches_nobody_while_the_hub_lives() {
    let place = Place::new();
    let hub = place.open().await;
    let mut events = hub.subscribe("a").announce(false);
    place.disk.fail(Call::Sync, ErrorKind::Other);
    place.disk.fail(Call::Truncate, ErrorKind::Other);
    let outcome = hub.publish("a", Event::data("nobody knows")).await;
    assert_eq!(outcome, Err(PublishError::Unknown));
    let outcome = hub.publish("a", Event::data("refused")).await;
    assert_eq!(outcome, Err(PublishError::Refused));
    place.disk.mend();
    assert_eq!(publish(&hub, "a", "1").await.sequence, 1);
    assert_eq!(there(&mut events), ["1"]);
    drop(events);
    let hub = place.open_after(hub).await;
    assert_eq!(all(&hub, "a"), ["1"]);
}

#[tokio::test]
async fn a_disk_that_was_full_takes_events_again_when_it_has_room() {
    let place = Place::new();
    let hub = place.open().await;
    let mut published = Vec::new();
    for room in (0..2000).step_by(97) {
        place.disk.leave_room(room);
        while let Ok(id) = hub.publish("a", Event::data("x")).await {
            published.push(id.to_string());
        }
        place.disk.mend();
        published.push(publish(&hub, "a", "later").await.to_string());
    }
    let hub = place.open_after(hub).await;
    let events = hub.subscribe("a").start(Start::Earliest).announce(false);
    let ids = events.map(|event| event.fields().id.unwrap().to_owned());
    let ids = ids.take(published.len()).collect::<Vec<_>>();
    assert_eq!(timeout(LONG, ids).await.unwrap(), published);
}

#[tokio::test]
async fn after_a_power_failure_everything_confirmed_is_there() {
    let place = Place::new();
    let hub = place.open().await;
    let first = publish(&hub, "a", "0").await;
    for number in 1..50 {
        publish(&hub, "a", &number.to_string()).await;
    }
    drop(hub);
    place.disk.lose_power();
    let hub = place.open().await;
    assert_eq!(after(&hub, "a", first).resumed().await, Resumed::Complete);
    assert_eq!(all(&hub, "a").len(), 50);
}

#[tokio::test]
async fn without_syncs_a_power_failure_is_a_gap_for_every_client_and_a_restart_is_not() {
    let place = Place { sync: false, ..Place::new() };
    let hub = place.open().await;
    let syncs = place.disk.calls(Call::Sync);
    let id = publish(&hub, "a", "1").await;
    assert_eq!(place.disk.calls(Call::Sync), syncs);
    let hub = place.open_after(hub).await;
    assert_eq!(after(&hub, "a", id).resumed().await, Resumed::Complete);
    publish(&hub, "a", "2").await;
    place.disk.fail(Call::Sync, ErrorKind::Other);
    drop(hub);
    // It has to be closed before the disk is well again.
    let folder = place.folder.path().join("lock");
    while Os.lock(&folder).unwrap().is_none() {
        tokio::task::yield_now().await;
    }
    place.disk.mend();
    place.disk.lose_power();
    let hub = place.open().await;
    let told = timeout(LONG, after(&hub, "a", id).next()).await.expect("it is told").unwrap();
    assert_eq!(told.fields().data, Some(Gap::Unknown.as_str()));
    let new = publish(&hub, "a", "1").await;
    assert_ne!(new.epoch, id.epoch);
}

#[tokio::test]
async fn a_client_of_a_folder_that_was_emptied_is_told() {
    let place = Place::new();
    let hub = place.open().await;
    let id = publish(&hub, "a", "1").await;
    drop(hub);
    let place = Place::new();
    let hub = place.open().await;
    let mut events = hub.subscribe("a").resume(LastEventId::new(id.to_string()));
    assert_eq!(events.resumed().await, Resumed::Unknown);
}

#[tokio::test]
async fn a_hub_is_ready_again_when_its_disk_is_also_if_nobody_publishes() {
    let place = Place::new();
    let hub = place.open().await;
    let first = publish(&hub, "a", "1").await;
    place.disk.leave_room(0);
    assert_eq!(hub.publish("a", Event::data("x")).await, Err(PublishError::Refused));
    assert!(!hub.is_ready());
    place.disk.mend();
    let ready = async {
        while !hub.is_ready() {
            sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(LONG, ready).await.expect("it looks by itself");
    let hub = place.open_after(hub).await;
    assert_eq!(publish(&hub, "a", "2").await, EventId { sequence: 2, ..first });
    assert_eq!(all(&hub, "a"), ["1", "2"]);
}
