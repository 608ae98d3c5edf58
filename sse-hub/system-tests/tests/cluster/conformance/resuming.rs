//! Where clients begin, and what they are told.

use std::time::Duration;

use sse_hub::{Hub, Overflow, Resumed, Start};
use sse_runtime::{Event, LastEventId};
use tests::patience::PATIENCE;
use tokio::time::timeout;

use super::{Ends, next, sequence};
use crate::text;

on_every_engine! {
    Hub::builder() => async fn a_client_resumes_after_any_event_that_is_there(ends: Ends) {
        let ids = ends.publish_all("a", &["0", "1", "2", "3"]).await;
        let mut ordered = ids.clone();
        ordered.sort_by_key(|id| sequence(*id));
        for (at, id) in ordered.iter().enumerate() {
            let mut events = ends.after("a", *id);
            assert_eq!(events.resumed().await, Resumed::Complete);
            for later in &ordered[at + 1..] {
                assert_eq!(next(&mut events).await.fields().id, Some(&*later.to_string()));
            }
        }
    }

    Hub::builder() => async fn a_page_made_at_a_position_misses_nothing(ends: Ends) {
        ends.publish_all("a", &["before"]).await;
        let position = ends.serves.position();
        ends.publish("a", "meanwhile").await;
        assert_eq!(text(&mut ends.after("a", position)).await, "meanwhile");
    }

    Hub::builder() => async fn a_new_client_begins_where_it_wants(ends: Ends) {
        for data in ["0", "1", "2"] {
            ends.publish_all("a", &[data]).await;
        }
        let start = |start| ends.serves.subscribe("a").start(start).announce(false);
        let mut clients = [start(Start::Earliest), start(Start::Last(2)), start(Start::Now)];
        ends.publish("a", "3").await;
        for (client, first) in clients.iter_mut().zip([0, 1, 3]) {
            for number in first..=3 {
                assert_eq!(text(client).await, number.to_string());
            }
        }
    }

    Hub::builder() => async fn a_position_of_another_hub_is_unknown(ends: Ends) {
        ends.publish_all("a", &["0"]).await;
        let stranger = Hub::new();
        let id = stranger.publish("a", Event::data("?")).await.unwrap();
        let resumed = async |last: LastEventId| {
            let mut events = ends.serves.subscribe("a").resume(Some(last));
            timeout(PATIENCE, events.resumed()).await.unwrap()
        };
        assert_eq!(resumed(id.into()).await, Resumed::Unknown);
        assert_eq!(resumed(LastEventId::new("no ID of ours").unwrap()).await, Resumed::Unknown);
        let here = ends.serves.position().to_string();
        let ahead = format!("{}.99", here.split_once('.').unwrap().0);
        assert_eq!(resumed(LastEventId::new(ahead).unwrap()).await, Resumed::Unknown);
    }

    Hub::builder().replay(Duration::from_mins(1), 4000) =>
    async fn who_was_away_for_too_long_is_told_unless_its_topics_were_quiet(ends: Ends) {
        let quiet = ends.publish_all("quiet", &["q"]).await[0];
        let first = ends.publish_all("busy", &["0"]).await[0];
        for _ in 0..20 {
            ends.publish_all("busy", &["more"]).await;
        }
        assert_eq!(ends.after("busy", first).resumed().await, Resumed::Gap);
        assert_eq!(ends.after("quiet", quiet).resumed().await, Resumed::Complete);
        let told = next(&mut ends.after("busy", first)).await;
        assert_eq!((told.fields().event, told.fields().data), (Some("gap"), Some("evicted")));
    }

    Hub::builder().replay(Duration::from_mins(1), 4000) =>
    async fn a_client_too_slow_for_the_log_is_told_and_goes_on_or_ends(ends: Ends) {
        let mut goes_on = ends.serves.subscribe("a").announce(false);
        let mut ends_there = ends.serves.subscribe("a").announce(false).overflow(Overflow::End);
        let mut wants_latest = ends.serves.subscribe("a").announce(false).latest();
        for number in 0..20 {
            ends.publish_all("a", &[&number.to_string()]).await;
        }
        for events in [&mut goes_on, &mut ends_there] {
            let told = next(events).await;
            assert_eq!((told.fields().event, told.fields().data), (Some("gap"), Some("overflow")));
        }
        assert!(ends_there.next().await.is_none());
        let mut last = String::new();
        while last != "19" {
            last = text(&mut goes_on).await;
        }
        assert_eq!(text(&mut wants_latest).await, "19");
    }

    Hub::builder() => async fn topics_come_and_go_while_a_subscription_lives(ends: Ends) {
        let mut events = ends.serves.subscribe("a").announce(false);
        ends.publish_all("a", &["1"]).await;
        assert_eq!(text(&mut events).await, "1");
        ends.publish_all("b", &["2"]).await;
        events.add("b").unwrap();
        events.remove("a");
        ends.publish_all("a", &["3"]).await;
        ends.publish_all("b", &["4"]).await;
        assert_eq!([text(&mut events).await, text(&mut events).await], ["2", "4"]);
    }
}
