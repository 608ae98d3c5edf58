//! Hubs that are drained or closed, and streams that are ended.

use std::time::Duration;

use futures::{FutureExt as _, StreamExt as _};
use sse_hub::{Hub, PublishError};
use sse_runtime::Event;
use tests::patience::{PATIENCE, until};
use tokio::time::timeout;

use super::{Ends, next, sequence};
use crate::text;

on_every_engine! {
    Hub::builder() => async fn a_hub_that_is_drained_has_published_everything_by_then(ends: Ends) {
        for number in 0..1000 {
            drop(ends.publishes.publish("a", Event::data(number)));
        }
        ends.publishes.drain(Duration::ZERO).await;
        assert_eq!(sequence(ends.publishes.position()), 1000);
    }

    Hub::builder() => async fn those_with_a_tag_are_ended_at_every_node_and_nobody_else_is(ends: Ends) {
        let client = |tag: &str| ends.serves.subscribe("a").announce(false).tag(tag);
        let (mut waits, mut behind, mut stays) = (client("user:7"), client("user:7"), client("user:8"));
        ends.publish("a", "before").await;
        assert_eq!(text(&mut waits).await, "before");
        assert!(waits.next().now_or_never().is_none());
        ends.publishes.end("user:7", Event::data("you have signed out").event("bye")).await.unwrap();
        ends.publish("a", "after").await;
        until("they have left", || ends.serves.subscribers("a") == 1).await;
        for events in [&mut waits, &mut behind] {
            let last = next(events).await;
            let fields = (last.fields().id, last.fields().event, last.fields().data);
            assert_eq!(fields, (None, Some("bye"), Some("you have signed out")));
            assert!(events.next().await.is_none());
        }
        let mut later = client("user:7");
        ends.publish("a", "later").await;
        assert_eq!(text(&mut later).await, "later");
        for expected in ["before", "after", "later"] {
            assert_eq!(text(&mut stays).await, expected);
        }
    }

    Hub::builder() => async fn a_hub_that_is_closed_has_published_everything_by_then_and_publishes_no_more(ends: Ends) {
        for number in 0..1000 {
            drop(ends.publishes.publish("a", Event::data(number)));
        }
        ends.publishes.close(Duration::ZERO).await;
        assert_eq!(sequence(ends.publishes.position()), 1000);
        assert!(!ends.publishes.is_ready());
        assert_eq!(ends.publishes.publish("a", Event::data("x")).await, Err(PublishError::Closed));
        assert_eq!(ends.publishes.end("user:7", Event::data("x")).await, Err(PublishError::Closed));
    }

    Hub::builder() => async fn a_hub_that_is_drained_sends_its_clients_away_and_still_publishes(ends: Ends) {
        let events = ends.serves.subscribe("a").announce(false);
        let last = tokio::spawn(events.collect::<Vec<_>>());
        ends.serves.drain(Duration::from_millis(10)).await;
        let events = timeout(PATIENCE, last).await.unwrap().unwrap();
        assert!(events.last().expect("a farewell").fields().retry.is_some());
        ends.publish("a", "later").await;
    }
}
