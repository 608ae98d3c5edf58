//! Events that are published together.

use std::io::ErrorKind;

use sse_runtime::Event;

use super::super::entry;
use super::{Place, after, all, publish, there};
use crate::error::PublishError;
use crate::message::Message;
use crate::positions::Resumed;
use crate::store::clock::now;
use crate::store::faulty::Call;
use crate::store::{Contents, Options, Store};
use crate::topics::Names;

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
