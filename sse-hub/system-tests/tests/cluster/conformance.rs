//! What every engine does alike: the same suite for the one in memory, the one in a folder, and Redis,
//! where events are published at one node and received at another.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::future::join_all;
use futures::{FutureExt as _, StreamExt as _};
use sse_hub::{Builder, EventId, Hub, Overflow, PublishError, Resumed, Start, Subscription};
use sse_runtime::{Event, LastEventId};
use system_tests::cluster::server::RedisServer;
use tempfile::TempDir;
use tests::patience::{PATIENCE, until};
use tokio::time::timeout;

use crate::metrics::metrics;
use crate::{redis, text};

/// A hub by its two ends, which are one in memory and in a folder.
struct Ends {
    publishes: Hub,
    serves: Hub,
    _redis: Option<RedisServer>,
    _folder: Option<TempDir>,
}

impl Ends {
    fn in_memory(builder: &Builder) -> Self {
        let hub = builder.clone().build();
        Self { publishes: hub.clone(), serves: hub, _redis: None, _folder: None }
    }

    async fn in_a_folder(builder: &Builder) -> Self {
        let folder = TempDir::new().expect("a folder");
        let url = format!("file:{}", folder.path().display());
        let hub = builder.clone().connect(&url).await.unwrap();
        Self { publishes: hub.clone(), serves: hub, _redis: None, _folder: Some(folder) }
    }

    /// On a Redis that is spoken to in this version of its protocol.
    async fn on_redis(builder: &Builder, protocol: &str) -> Option<Self> {
        let redis = redis("conformance", &[]).await?;
        let url = format!("{}?protocol={protocol}", redis.url());
        let node = || async { builder.clone().connect(&url).await.unwrap() };
        let (publishes, serves) = (node().await, node().await);
        Some(Self { publishes, serves, _redis: Some(redis), _folder: None })
    }

    async fn publish(&self, topic: &str, data: &str) -> EventId {
        self.publishes.publish(topic, Event::data(data.to_owned())).await.unwrap()
    }

    /// Publishes these, and waits until the other end has them.
    async fn publish_all(&self, topic: &str, data: &[&str]) -> Vec<EventId> {
        let ids = join_all(data.iter().map(|data| self.publish(topic, data))).await;
        until("the node has them", || ids.contains(&self.serves.position())).await;
        let last = *ids.iter().max_by_key(|id| sequence(**id)).expect("some");
        until("the node has the last", || self.serves.position() == last).await;
        ids
    }

    fn after(&self, topic: &str, id: EventId) -> Subscription {
        self.serves.subscribe(topic).resume(Some(id.into())).announce(false)
    }
}

fn sequence(id: EventId) -> u64 {
    id.to_string().split_once('.').expect("an ID").1.parse().expect("a sequence")
}

async fn next(events: &mut Subscription) -> Event {
    timeout(PATIENCE, events.next()).await.expect("it comes").expect("it goes on")
}

/// What these metrics of a hub tell, which are whole numbers.
#[allow(clippy::cast_possible_truncation, reason = "counts are small")]
fn counts<const N: usize>(told: &BTreeMap<String, f64>, names: [&str; N]) -> [i64; N] {
    names.map(|name| told[&format!("sse_hub_{name}")] as i64)
}

macro_rules! on_every_engine {
    ($($builder:expr => async fn $name:ident($ends:ident: Ends) $body:block)*) => {
        $(async fn $name($ends: Ends) $body)*

        mod in_memory {
            use super::*;
            $(#[tokio::test] async fn $name() {
                super::$name(Ends::in_memory(&$builder)).await;
            })*
        }

        mod in_a_folder {
            use super::*;
            $(#[tokio::test] async fn $name() {
                super::$name(Ends::in_a_folder(&$builder).await).await;
            })*
        }

        mod on_redis {
            use super::*;
            $(#[tokio::test] async fn $name() {
                let Some(ends) = Ends::on_redis(&$builder, "resp2").await else { return };
                super::$name(ends).await;
            })*
        }

        mod on_redis_with_resp3 {
            use super::*;
            $(#[tokio::test] async fn $name() {
                let Some(ends) = Ends::on_redis(&$builder, "resp3").await else { return };
                super::$name(ends).await;
            })*
        }
    };
}

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

    Hub::builder() => async fn a_hub_that_is_drained_has_published_everything_by_then(ends: Ends) {
        for number in 0..1000 {
            drop(ends.publishes.publish("a", Event::data(number)));
        }
        ends.publishes.drain(Duration::ZERO).await;
        assert_eq!(sequence(ends.publishes.position()), 1000);
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

    Hub::builder() => async fn what_nobody_awaits_is_published_all_the_same(ends: Ends) {
        let mut events = ends.serves.subscribe("a").announce(false);
        for number in 0..100 {
            drop(ends.publishes.publish("a", Event::data(number.to_string())));
        }
        for number in 0..100 {
            assert_eq!(text(&mut events).await, number.to_string());
        }
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
