//! What is published is on the disk, in the folder that is the hub's alone.

use std::time::Duration;

use futures::FutureExt as _;
use futures::future::join_all;
use sse_runtime::Event;
use tokio::time::timeout;

use super::{LONG, Place, after, all, publish, there};
use crate::error::PublishError;
use crate::hub::Hub;
use crate::positions::Resumed;
use crate::store::faulty::Call;

#[tokio::test]
async fn a_restart_is_nothing_that_a_client_can_notice() {
    let place = Place::new();
    let hub = place.open().await;
    let first = publish(&hub, "a", "1").await;
    publish(&hub, "b", "2").await;
    let last = publish(&hub, "a", "3").await;
    let hub = place.open_after(hub).await;
    assert_eq!(hub.position(), last);
    let mut events = after(&hub, "a", first);
    assert_eq!(events.resumed().await, Resumed::Complete);
    let next = publish(&hub, "a", "4").await;
    assert_eq!((next.epoch, next.sequence), (first.epoch, 4));
    assert_eq!(there(&mut events), ["3", "4"]);
}

#[tokio::test]
async fn nobody_hears_of_an_event_that_is_not_on_the_disk() {
    let place = Place::new();
    let hub = place.open().await;
    let mut events = hub.subscribe("a").announce(false);
    let before = hub.position();
    place.disk.stand_still(true);
    let syncs = place.disk.calls(Call::Sync);
    let mut published = hub.publish("a", Event::data("1"));
    place.syncs_after(syncs).await;
    assert!((&mut published).now_or_never().is_none() && events.next().now_or_never().is_none());
    assert_eq!(hub.position(), before);
    place.disk.stand_still(false);
    published.await.unwrap();
    assert_eq!(there(&mut events), ["1"]);
}

#[tokio::test]
async fn events_that_are_published_at_the_same_time_share_a_sync() {
    let place = Place::new();
    let hub = place.open().await;
    let syncs = place.disk.calls(Call::Sync);
    place.disk.stand_still(true);
    let published: Vec<_> = (0..1000).map(|_| hub.publish("a", Event::data("x"))).collect();
    place.disk.stand_still(false);
    assert!(join_all(published).await.iter().all(Result::is_ok));
    // The first alone, the others together, and perhaps a segment between them.
    assert!(place.disk.calls(Call::Sync) <= syncs + 4);
    assert_eq!(hub.stats().queued, 0);
}

#[tokio::test]
async fn a_full_queue_is_an_error_at_once_and_what_is_in_it_is_published() {
    let place = Place::new();
    let hub = place.open().await;
    place.disk.stand_still(true);
    let large = || hub.publish("a", Event::data("x".repeat(1 << 19)));
    let mut queued: Vec<_> = (0..40).map(|_| large()).collect();
    assert_eq!(queued.pop().unwrap().await, Err(PublishError::QueueFull));
    place.disk.stand_still(false);
    let outcomes = join_all(queued).await;
    assert!(outcomes.iter().filter(|outcome| outcome.is_ok()).count() >= 30);
    publish(&hub, "a", "there is room again").await;
}

#[tokio::test]
async fn an_event_that_waits_too_long_for_a_disk_that_hangs_is_never_published() {
    let mut place = Place::new();
    // Long enough for the first to be taken from the queue.
    place.limits.publish_timeout = Duration::from_secs(2);
    let hub = place.open().await;
    place.disk.stand_still(true);
    let syncs = place.disk.calls(Call::Sync);
    let first = hub.publish("a", Event::data("is being written"));
    place.syncs_after(syncs).await;
    let waits = timeout(LONG, hub.publish("a", Event::data("waits"))).await.expect("it is told");
    assert_eq!(waits, Err(PublishError::TimedOut));
    place.disk.stand_still(false);
    first.await.unwrap();
    assert_eq!(all(&hub, "a"), ["is being written"]);
    assert_eq!(hub.stats().timed_out, 1);
}

#[tokio::test]
async fn a_flush_waits_until_all_that_was_published_is_on_the_disk() {
    let place = Place::new();
    let hub = place.open().await;
    hub.flush().await;
    place.disk.stand_still(true);
    let published: Vec<_> = (0..100).map(|_| hub.publish("a", Event::data("x"))).collect();
    let mut flush = Box::pin(hub.flush());
    assert!((&mut flush).now_or_never().is_none());
    place.disk.stand_still(false);
    flush.await;
    for outcome in published {
        outcome.now_or_never().expect("it is known").unwrap();
    }
}

#[tokio::test]
async fn a_subscription_holds_the_folder_and_the_last_one_frees_it() {
    let place = Place::new();
    let hub = place.open().await;
    let events = hub.subscribe("a");
    drop(hub);
    let url = format!("file:{}", place.folder.path().display());
    let error = Hub::connect(&url).await.unwrap_err().to_string();
    assert!(error.contains(place.folder.path().to_str().unwrap()) && error.contains("in use"));
    drop(events);
    Hub::connect(&url).await.unwrap();
}

#[tokio::test]
async fn what_nobody_awaits_is_written_before_the_folder_is_free() {
    let place = Place::new();
    let hub = place.open().await;
    for number in 0..100 {
        drop(hub.publish("a", Event::data(number.to_string())));
    }
    let hub = place.open_after(hub).await;
    assert_eq!(all(&hub, "a").len(), 100);
}
