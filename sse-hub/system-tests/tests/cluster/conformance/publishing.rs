//! What is published arrives, in one order.

use std::time::Duration;

use futures::FutureExt as _;
use futures::future::join_all;
use sse_hub::{Hub, PublishError};
use sse_runtime::Event;
use tests::patience::until;

use super::{Ends, next, sequence};
use crate::text;

on_every_engine! {
    Hub::builder() => async fn an_event_arrives_whole_with_the_id_that_its_publisher_is_told(ends: Ends) {
        let mut events = ends.serves.subscribe("a").announce(false);
        let sent = Event::data("one\ndata: two\r\n").event("greeting").with_comment("of a friend")
            .with_retry(Duration::from_nanos(1_500_000_001));
        let id = ends.publishes.publish("a", sent.clone()).await.unwrap();
        assert_eq!(next(&mut events).await, sent.id(id.to_string()));
        for odd in [Event::comment("c"), Event::retry(Duration::MAX), Event::empty().event("n")] {
            let id = ends.publishes.publish("a", odd.clone()).await.unwrap();
            assert_eq!(next(&mut events).await, odd.id(id.to_string()));
        }
    }

    Hub::builder() => async fn all_topics_have_one_dense_order_which_every_client_sees(ends: Ends) {
        let mut events = ends.serves.subscribe(["a", "b"]).announce(false);
        let publish = |number: usize| {
            let hub = if number.is_multiple_of(2) { &ends.publishes } else { &ends.serves };
            hub.publish(["a", "b"][number / 3 % 2], Event::data(number.to_string()))
        };
        let mut ids = Vec::new();
        for id in join_all((0..200).map(publish)).await {
            ids.push(id.unwrap());
        }
        ids.sort_by_key(|id| sequence(*id));
        assert!(ids.windows(2).all(|pair| sequence(pair[0]) + 1 == sequence(pair[1])));
        for id in ids {
            assert_eq!(next(&mut events).await.fields().id, Some(&*id.to_string()));
        }
    }

    Hub::builder() => async fn an_event_of_several_topics_is_one_event(ends: Ends) {
        let mut both = ends.serves.subscribe(["a", "b"]).announce(false);
        let mut one = ends.serves.subscribe("b").announce(false);
        ends.publishes.publish(["b", "a", "b"], Event::data("1")).await.unwrap();
        ends.publish("a", "2").await;
        ends.publish("b", "3").await;
        assert_eq!([text(&mut both).await, text(&mut both).await, text(&mut both).await], ["1", "2", "3"]);
        assert_eq!([text(&mut one).await, text(&mut one).await], ["1", "3"]);
    }

    Hub::builder() => async fn what_is_published_is_at_its_node_by_then(ends: Ends) {
        for number in 0..200 {
            let id = ends.publish("a", &number.to_string()).await;
            assert_eq!(ends.publishes.position(), id);
            let mut events = ends.publishes.subscribe("a").announce(false);
            assert!(events.next().now_or_never().is_none(), "it begins after {id}");
        }
    }

    Hub::builder() => async fn a_flush_waits_for_all_that_was_published(ends: Ends) {
        for number in 0..1000 {
            drop(ends.publishes.publish("a", Event::data(number)));
        }
        ends.publishes.flush().await;
        assert_eq!(sequence(ends.publishes.position()), 1000);
        assert_eq!(ends.publishes.stats().queued, 0);
    }

    Hub::builder().max_event_bytes(100).max_topics(2) =>
    async fn what_is_beyond_a_limit_is_refused_and_reaches_nobody(ends: Ends) {
        let mut events = ends.serves.subscribe(["a", "b", "c"]).announce(false);
        let refused = async |topic: &str, event: Event| {
            ends.publishes.publish(topic, event).await.unwrap_err()
        };
        assert_eq!(refused("a", Event::data("x").id("1")).await, PublishError::HasId);
        assert_eq!(refused("a", Event::data("x".repeat(101))).await, PublishError::TooLarge);
        assert!(matches!(refused("", Event::data("x")).await, PublishError::Topics(_)));
        ends.publish("a", "1").await;
        let id = ends.publish("b", "2").await;
        until("the node has them", || ends.publishes.position() == id).await;
        assert_eq!(refused("c", Event::data("x")).await, PublishError::TooManyTopics);
        ends.publish("a", "3").await;
        for expected in ["1", "2", "3"] {
            assert_eq!(text(&mut events).await, expected);
        }
    }

    Hub::builder() => async fn several_events_are_published_as_one(ends: Ends) {
        let mut events = ends.serves.subscribe(["a", "b"]).announce(false);
        let group = |number: usize| {
            let event = |at: usize| (["a", "b"][at % 2], Event::data(format!("{number} {at}")));
            (0..3).map(event).collect::<Vec<_>>()
        };
        let publish = |number: usize| {
            let hub = if number.is_multiple_of(2) { &ends.publishes } else { &ends.serves };
            hub.publish_all(group(number))
        };
        let mut ids = Vec::new();
        for id in join_all((0..100).map(publish)).await {
            ids.push(id.unwrap());
        }
        assert_eq!(sequence(*ids.iter().max_by_key(|id| sequence(**id)).unwrap()), 300);
        for _ in 0..100 {
            let first = next(&mut events).await.fields().data.unwrap().to_owned();
            let number: usize = first.strip_suffix(" 0").expect("the first").parse().unwrap();
            assert_eq!(text(&mut events).await, format!("{number} 1"));
            let last = next(&mut events).await;
            assert_eq!(last.fields().data.unwrap(), format!("{number} 2"));
            assert_eq!(last.fields().id, Some(&*ids[number].to_string()));
        }
        assert_eq!(ends.serves.stats().queued, 0);
    }

    Hub::builder() => async fn what_nobody_awaits_is_published_all_the_same(ends: Ends) {
        let mut events = ends.serves.subscribe("a").announce(false);
        for number in 0..100 {
            drop(ends.publishes.publish("a", Event::data(number.to_string())));
        }
        for number in 0..100 {
            assert_eq!(text(&mut events).await, number.to_string());
        }
    }
}
