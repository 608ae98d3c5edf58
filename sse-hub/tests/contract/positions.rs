//! Where a subscription begins.

use futures::StreamExt as _;
use sse_hub::{Hub, PublishError, Resumed, Start};
use sse_runtime::{Event, EventStream};

use super::reading::{Line, next, now};
use super::{last, publish};

#[tokio::test]
async fn ids_rise_and_an_event_with_an_id_of_its_own_is_refused() {
    let hub = Hub::new();
    let before = hub.position();
    let refused = hub.publish("a", Event::data("a").id("7")).await;
    assert_eq!(refused, Err(PublishError::HasId));
    assert_eq!(hub.position(), before);
    let ids = [publish(&hub, "a", "a").await, publish(&hub, "b", "id: b").await];
    assert_eq!(ids[1], hub.position());
    let texts = ids.map(|id| id.to_string());
    let sequences = texts.each_ref().map(|id| id.split_once('.').unwrap().1);
    assert_eq!(sequences, ["1", "2"]);
    assert_eq!(texts[0].parse(), Ok(ids[0]));
}

#[tokio::test]
async fn what_was_published_after_an_id_is_received_when_resuming_from_it() {
    let hub = Hub::new();
    let ids = [publish(&hub, "a", "1").await, publish(&hub, "a", "2").await];
    publish(&hub, "b", "elsewhere").await;
    let mut events = hub.subscribe("a").resume(last(&ids[0]));
    assert_eq!(events.resumed().await, Resumed::Complete);
    assert_eq!(now(&mut events), [Line::opening(ids[0]), Line::event(ids[1], "2")]);
    let live = publish(&hub, "a", "3").await;
    assert_eq!(next(&mut events).await, Line::event(live, "3"));
}

#[tokio::test]
async fn without_an_id_to_resume_from_it_starts_as_told() {
    let hub = Hub::new();
    let begin = hub.position();
    let mut ids = Vec::new();
    for (topic, data) in [("a", "1"), ("b", "2"), ("c", "3"), ("a", "4")] {
        ids.push((publish(&hub, topic, data).await, data));
    }
    let events = |indexes: &[usize]| -> Vec<_> {
        indexes.iter().map(|&at| Line::event(ids[at].0, ids[at].1)).collect()
    };
    let starts = [
        (Start::Now, hub.position(), events(&[])),
        (Start::Last(0), hub.position(), events(&[])),
        (Start::Last(2), ids[0].0, events(&[1, 3])),
        (Start::Last(9), begin, events(&[0, 1, 3])),
        (Start::Earliest, begin, events(&[0, 1, 3])),
    ];
    for (start, position, expected) in starts {
        let mut subscription = hub.subscribe(["a", "b"]).resume(None).start(start);
        assert_eq!(subscription.resumed().await, Resumed::Fresh);
        assert_eq!(next(&mut subscription).await, Line::opening(position), "{start:?}");
        assert_eq!(now(&mut subscription), expected, "{start:?}");
    }
}

#[tokio::test]
async fn an_event_of_several_topics_counts_once_among_the_last() {
    let hub = Hub::new();
    let one = publish(&hub, "a", "1").await;
    let both = hub.publish(["a", "b"], Event::data("both")).await.unwrap();
    let mut events = hub.subscribe(["a", "b"]).start(Start::Last(2)).announce(false);
    assert_eq!(now(&mut events), [Line::event(one, "1"), Line::event(both, "both")]);
}

#[tokio::test]
async fn what_is_published_between_subscribing_and_the_first_read_is_received() {
    for start in [Start::Now, Start::Last(1)] {
        let hub = Hub::new();
        let old = publish(&hub, "a", "old").await;
        let mut events = hub.subscribe("a").start(start).announce(false);
        let new = [publish(&hub, "a", "1").await, publish(&hub, "a", "2").await];
        let mut expected = vec![Line::event(new[0], "1"), Line::event(new[1], "2")];
        if start == Start::Last(1) {
            expected.insert(0, Line::event(old, "old"));
        }
        assert_eq!(now(&mut events), expected);
    }
}

#[tokio::test]
async fn a_page_that_opens_the_stream_at_its_position_misses_nothing() {
    let hub = Hub::new();
    publish(&hub, "a", "in the page").await;
    let position = hub.position();
    let id = publish(&hub, "a", "meanwhile").await;
    let mut events = hub.subscribe("a").resume(last(&position)).announce(false);
    assert_eq!(now(&mut events), [Line::event(id, "meanwhile")]);
}

#[tokio::test]
async fn the_opening_has_the_position_and_nothing_else() {
    let hub = Hub::new();
    let position = publish(&hub, "a", "1").await;
    let bytes = EventStream::from(hub.subscribe("a")).into_bytes().next().await.unwrap().unwrap();
    assert_eq!(bytes, format!("id: {position}\n\n"));
    assert_eq!(now(&mut hub.subscribe("a").announce(false)), []);
}

#[tokio::test]
async fn a_stream_may_open_with_an_event_of_ones_own_which_has_its_position() {
    let hub = Hub::new();
    let id = publish(&hub, "a", "1").await;
    let opening = || Event::empty().event("opening").id("of someone else");
    let mut events = hub.subscribe("a").announce(false).announce_event(opening());
    let expected = Event::empty().event("opening").id(id.to_string());
    assert_eq!(events.next().await, Some(expected));
    let live = publish(&hub, "a", "2").await;
    assert_eq!(now(&mut events), [Line::event(live, "2")]);
    assert_eq!(now(&mut hub.subscribe("a").announce_event(opening()).announce(false)), []);
}
