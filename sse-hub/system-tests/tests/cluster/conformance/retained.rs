//! What topics retain.

use std::time::Duration;

use sse_hub::{EventId, Hub, PublishError, Resumed};
use sse_runtime::Event;

use super::{Ends, next};
use crate::text;

on_every_engine! {
    Hub::builder().replay(Duration::from_mins(1), 4000).max_retained(2, 1 << 20) =>
    async fn a_retained_event_comes_first_whatever_has_left_the_log_until_it_is_forgotten(ends: Ends) {
        let retain = async |topic: &str, event: Event| ends.publishes.retain(topic, event).await;
        let value = Event::data("one\ndata: two\r\n").event("value").with_comment("c")
            .with_retry(Duration::from_nanos(1_500_000_001));
        let mut before = ends.serves.subscribe("a").announce(false);
        retain("a", Event::data("old")).await.unwrap();
        let id = retain("a", value.clone()).await.unwrap();
        assert_eq!(text(&mut before).await, "old");
        assert_eq!(next(&mut before).await, value.clone().id(id.to_string()));
        retain("b", Event::data("b")).await.unwrap();
        for _ in 0..20 {
            ends.publish_all("a", &["more"]).await;
        }
        assert_eq!(retain("c", Event::data("c")).await, Err(PublishError::TooMuchRetained));
        let mut both = ends.serves.subscribe(["a", "b"]);
        assert_eq!(next(&mut both).await, value);
        assert_eq!(next(&mut both).await, Event::data("b"));
        let here = ends.serves.position().to_string();
        assert_eq!(next(&mut both).await, Event::id_only(here));

        ends.publishes.forget("a").await.unwrap();
        let last = ends.publish_all("a", &["after"]).await[0];
        assert_eq!(next(&mut ends.serves.subscribe("a")).await, Event::id_only(last.to_string()));
        assert_eq!(text(&mut ends.serves.subscribe("b")).await, "b");
        assert_eq!(ends.serves.stats().retained, 1);
    }

    Hub::builder().replay(Duration::from_mins(1), 4000) =>
    async fn the_latest_is_what_is_retained_after_a_gap(ends: Ends) {
        let first = ends.publish_all("a", &["0"]).await[0];
        ends.publishes.retain("a", Event::data("1")).await.unwrap();
        for _ in 0..20 {
            ends.publish_all("b", &["more"]).await;
        }
        let mut events = ends.after("a", first).latest();
        let (gap, value) = (next(&mut events).await, next(&mut events).await);
        assert_eq!((gap.fields().event, gap.fields().id), (Some("gap"), None));
        assert_eq!(value.fields().data, Some("1"));
        let position: EventId = value.fields().id.unwrap().parse().unwrap();
        assert_eq!(ends.after("b", position).resumed().await, Resumed::Complete);
    }
}
