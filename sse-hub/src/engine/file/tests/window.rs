//! What leaves the log, and when.

use std::time::Duration;

use sse_runtime::Event;
use tokio::time::sleep;

use super::super::entry;
use super::{Place, after, all, publish};
use crate::message::Message;
use crate::positions::Resumed;
use crate::store::clock::now;
use crate::store::{Contents, Options, Store};
use crate::topics::Names;

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
