//! Hubs in a folder whose disk fails, or whose machine does.

use std::io::ErrorKind;
use std::time::Duration;

use futures::future::join_all;
use futures::{FutureExt as _, StreamExt as _};
use sse_runtime::{Event, LastEventId};
use tempfile::TempDir;
use tokio::time::{sleep, timeout};

use super::address::Address;
use super::writer::now;
use super::{entry, open};
use crate::error::PublishError;
use crate::event_id::EventId;
use crate::hub::Hub;
use crate::limits::Limits;
use crate::message::Message;
use crate::positions::{Gap, Resumed, Start};
use crate::store::faulty::{Call, Disk};
use crate::store::{Contents, Layer as _, Options, Os, Store};
use crate::subscription::Subscription;
use crate::topics::Names;

const LONG: Duration = Duration::from_secs(60);

/// A folder, on a disk of its own.
struct Place {
    folder: TempDir,
    disk: Disk,
    limits: Limits,
    sync: bool,
}

impl Place {
    fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
            disk: Disk::default(),
            limits: Limits::default(),
            sync: true,
        }
    }

    async fn open(&self) -> Hub {
        let address = Address { folder: self.folder.path().to_owned(), sync: self.sync };
        let disk = Box::new(self.disk.clone());
        Hub::of(open(self.limits.clone(), address, disk, 1000).await.unwrap())
    }

    /// Opens it once it is free.
    async fn open_after(&self, hub: Hub) -> Hub {
        drop(hub);
        self.open().await
    }

    /// Waits until there is another sync than these.
    async fn syncs_after(&self, syncs: usize) {
        let another = async {
            while self.disk.calls(Call::Sync) == syncs {
                sleep(Duration::from_millis(1)).await;
            }
        };
        timeout(LONG, another).await.expect("it syncs");
    }

    fn bytes(&self) -> u64 {
        let files = self.folder.path().read_dir().unwrap();
        files.map(|file| file.unwrap().metadata().unwrap().len()).sum()
    }
}

async fn publish(hub: &Hub, topic: &str, data: &str) -> EventId {
    hub.publish(topic, Event::data(data.to_owned())).await.unwrap()
}

fn after(hub: &Hub, topic: &str, id: EventId) -> Subscription {
    hub.subscribe(topic).resume(Some(id.into())).announce(false)
}

/// The data of all that is there, and the rest of the stream.
fn there(events: &mut Subscription) -> Vec<String> {
    let mut there = Vec::new();
    while let Some(event) = events.next().now_or_never() {
        there.push(event.unwrap().fields().data.unwrap().to_owned());
    }
    there
}

fn all(hub: &Hub, topic: &str) -> Vec<String> {
    there(&mut hub.subscribe(topic).start(Start::Earliest).announce(false))
}

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
async fn evicted_events_give_their_space_back_and_clients_of_quiet_topics_miss_nothing() {
    let mut place = Place::new();
    place.limits.max_bytes = 4000;
    let hub = place.open().await;
    let quiet = publish(&hub, "quiet", "q").await;
    let gone = publish(&hub, "gone", "1").await;
    publish(&hub, "gone", "2").await;
    let first = publish(&hub, "busy", "0").await;
    for number in 0..300 {
        publish(&hub, "busy", &number.to_string()).await;
    }
    assert!(place.bytes() < 4000, "{}", place.bytes());
    let mut hub = place.open_after(hub).await;
    for _ in 0..2 {
        assert_eq!(after(&hub, "quiet", quiet).resumed().await, Resumed::Complete);
        assert_eq!(after(&hub, "busy", first).resumed().await, Resumed::Gap);
        // The file that had its events is gone too.
        assert_eq!(after(&hub, "gone", gone).resumed().await, Resumed::Gap);
        // It was never there.
        assert_eq!(after(&hub, "other", first).resumed().await, Resumed::Complete);
        hub = place.open_after(hub).await;
    }
}

#[tokio::test]
async fn age_counts_across_a_restart_and_a_clock_that_was_set_back_loses_nothing() {
    let place = Place::new();
    let options =
        Options { contents: Contents::Hub, segment_bytes: 1 << 20, sync: true, new_id: 7 };
    let folder = place.folder.path();
    let layer = Box::new(place.disk.clone());
    let mut store = Store::open(folder, &options, layer, |_| Some(())).unwrap();
    let window = u64::try_from(place.limits.window.as_millis()).unwrap();
    for (data, time) in [
        ("too old", now() - window - 1000),
        ("old", now() - window + 60_000),
        ("from a clock that was ahead", now() + 1_000_000_000),
        ("young", now()),
    ] {
        let message = Message::event(Names::new(&"a").unwrap(), Event::data(data));
        store.push(|bytes| entry::write(bytes, time, &message, entry::Neighbours::default()));
    }
    store.commit().unwrap();
    drop(store);
    let hub = place.open().await;
    assert_eq!(all(&hub, "a"), ["old", "from a clock that was ahead", "young"]);
    assert!(hub.stats().age + Duration::from_secs(61) > place.limits.window);
    assert_eq!(publish(&hub, "a", "next").await.sequence, 5);
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
async fn what_is_no_event_has_its_age_too_and_keeps_nothing_beyond_the_window() {
    let mut place = Place::new();
    place.limits.window = Duration::from_millis(100);
    let hub = place.open().await;
    hub.forget("a").await.unwrap();
    publish(&hub, "a", "old").await;
    let hub = place.open_after(hub).await;
    drop(hub);
    sleep(2 * place.limits.window).await;
    let hub = place.open().await;
    assert_eq!((hub.stats().events, all(&hub, "a").len()), (0, 0));
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

#[tokio::test]
async fn what_topics_retain_outlives_the_window_and_each_restart() {
    let mut place = Place::new();
    place.limits.max_bytes = 2000;
    let hub = place.open().await;
    for (topic, data) in [("kept", "1"), ("changed", "2"), ("forgotten", "3"), ("changed", "4")] {
        hub.retain(topic, Event::data(data)).await.unwrap();
    }
    hub.forget("forgotten").await.unwrap();
    let mut hub = hub;
    for round in 0..3 {
        for number in 0..30 {
            publish(&hub, "other", &number.to_string()).await;
            publish(&hub, "kept", "plain").await;
        }
        hub = place.open_after(hub).await;
        assert_eq!(hub.stats().retained, 2, "{round}");
        for (topic, data) in [("kept", "1"), ("changed", "4")] {
            let first = hub.subscribe(topic).next().now_or_never().flatten();
            assert_eq!(first, Some(Event::data(data)), "{round}");
        }
        let first = hub.subscribe("forgotten").next().await.unwrap();
        assert_eq!(first.fields().data, None, "an opening");
    }
    hub.forget("kept").await.unwrap();
    let hub = place.open_after(hub).await;
    assert_eq!(hub.stats().retained, 1);
    assert!(place.bytes() < 10_000, "{} bytes", place.bytes());
}

#[tokio::test]
async fn where_more_is_retained_than_is_allowed_values_can_be_replaced_but_not_added_or_enlarged() {
    let mut place = Place::new();
    let hub = place.open().await;
    for topic in ["a", "b", "c"] {
        hub.retain(topic, Event::data("1")).await.unwrap();
    }
    (place.limits.max_retained, place.limits.max_retained_bytes) = (2, 700);
    let hub = place.open_after(hub).await;
    let retain = async |topic: &str, data: &str| {
        hub.retain(topic, Event::data(data.to_owned())).await.map(drop)
    };
    assert_eq!(retain("a", "2").await, Ok(()));
    let refused = Err(PublishError::TooMuchRetained);
    assert_eq!([retain("a", "larger").await, retain("d", "").await], [refused; 2]);
    hub.forget("b").await.unwrap();
    assert_eq!([retain("a", "larger").await, retain("d", "").await], [Ok(()), refused]);
}

#[tokio::test]
async fn what_was_not_written_to_the_disk_is_not_retained() {
    let place = Place::new();
    let hub = place.open().await;
    hub.retain("a", Event::data("1")).await.unwrap();
    place.disk.fail(Call::Append, ErrorKind::StorageFull);
    assert_eq!(hub.retain("a", Event::data("2")).await, Err(PublishError::Refused));
    assert_eq!(hub.subscribe("a").next().await, Some(Event::data("1")));
}

#[tokio::test]
async fn a_group_whose_end_was_not_written_reaches_nobody_at_any_start() {
    let place = Place::new();
    let hub = place.open().await;
    let [a, b, c] = ["1", "2", "3"].map(Event::data);
    let last = hub.publish_all([("a", a), ("b", b), ("a", c)]).await.unwrap();
    assert_eq!(last.sequence, 3);
    let hub = place.open_after(hub).await;
    assert_eq!([all(&hub, "a"), all(&hub, "b")], [vec!["1", "3"], vec!["2"]]);
    drop(hub);
    let options =
        Options { contents: Contents::Hub, segment_bytes: 1 << 20, sync: true, new_id: 7 };
    let layer = Box::new(place.disk.clone());
    let mut store = Store::open(place.folder.path(), &options, layer, |_| Some(())).unwrap();
    for (data, before) in [("half", false), ("of a group", true)] {
        let message = Message::event(Names::new(&"a").unwrap(), Event::data(data));
        let neighbours = entry::Neighbours { before, after: true };
        store.push(|bytes| entry::write(bytes, now(), &message, neighbours));
    }
    store.commit().unwrap();
    drop(store);
    let mut hub = place.open().await;
    for round in 0..3 {
        assert_eq!(publish(&hub, "b", "more").await.sequence, 6 + round);
        hub = place.open_after(hub).await;
        assert_eq!(all(&hub, "a"), ["1", "3"]);
        let mut events = after(&hub, "a", last);
        assert_eq!((events.resumed().await, there(&mut events).len()), (Resumed::Complete, 0));
    }
}

#[tokio::test]
async fn a_group_that_the_disk_does_not_take_is_refused_as_a_whole() {
    let place = Place::new();
    let hub = place.open().await;
    place.disk.fail(Call::Append, ErrorKind::StorageFull);
    let group = || [("a", Event::data("1")), ("a", Event::data("2"))];
    assert_eq!(hub.publish_all(group()).await, Err(PublishError::Refused));
    place.disk.mend();
    assert_eq!(hub.publish_all(group()).await.unwrap().sequence, 2);
    let hub = place.open_after(hub).await;
    assert_eq!(all(&hub, "a"), ["1", "2"]);
}
