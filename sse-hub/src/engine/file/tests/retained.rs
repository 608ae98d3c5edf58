//! What topics retain.

use std::io::ErrorKind;

use futures::FutureExt as _;
use sse_runtime::Event;

use super::{Place, publish};
use crate::error::PublishError;
use crate::store::faulty::Call;

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
