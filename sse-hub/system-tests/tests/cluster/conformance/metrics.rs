//! The metrics of each end.

use std::time::Duration;

use futures::FutureExt as _;
use sse_hub::Hub;
use sse_runtime::{Event, LastEventId};

use super::{Ends, counts};
use crate::metrics::metrics;
use crate::text;

on_every_engine! {
    Hub::builder().replay(Duration::from_mins(1), 4000).max_event_bytes(200) =>
    async fn metrics_tell_what_each_end_has_done_and_of_no_topic(ends: Ends) {
        let [mut prompt, mut slow] = ["a", "a"].map(|topic| ends.serves.subscribe(topic).announce(false));
        assert!(prompt.next().now_or_never().is_none());
        let first = ends.publish_all("a", &["0"]).await[0];
        assert_eq!(text(&mut prompt).await, "0");
        ends.publishes.publish("a", Event::data("x".repeat(201))).await.unwrap_err();
        let (publishes, serves) = (metrics(&ends.publishes), metrics(&ends.serves));
        assert_eq!(counts(&publishes, ["published_total", "refused_total"]), [1, 1]);
        assert_eq!(counts(&serves, ["subscriptions", "topics", "log_events"]), [2, 1, 1]);
        assert_eq!(counts(&serves, ["appended_total", "wakes_total"]), [1, 1]);
        assert_eq!(counts(&serves, ["engine_connected", "engine_queued", "engine_epochs_total"]), [1, 0, 0]);
        assert!(serves["sse_hub_log_bytes"] > 0.0);

        for number in 1..20 {
            ends.publish_all("a", &[&number.to_string()]).await;
        }
        assert!(metrics(&ends.serves)["sse_hub_log_age_seconds"] > 0.0);
        let strange = LastEventId::new("no ID of ours").unwrap();
        let mut unknown = ends.serves.subscribe("a").resume(Some(strange)).announce(false);
        for (events, gap) in [
            (&mut slow, "overflow"),
            (&mut ends.after("a", first), "evicted"),
            (&mut unknown, "unknown"),
        ] {
            assert_eq!(text(events).await, gap);
        }
        let told = metrics(&ends.serves);
        let gaps = ["overflow", "evicted", "unknown"].map(|gap| format!("gaps_total{{reason=\"{gap}\"}}"));
        assert_eq!(counts(&told, gaps.each_ref().map(String::as_str)), [1, 1, 1]);
        assert!(told.keys().all(|name| !name.contains('{') || name.contains("{reason=")), "{told:?}");
    }
}
