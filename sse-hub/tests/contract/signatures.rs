//! The names and types of the contract, as the compiler sees them, and how a hub is made.

use std::error::Error;
use std::pin::Pin;
use std::time::{Duration, Instant};

use futures::stream::FusedStream;
use sse_hub::{
    Builder, ConnectError, Ended, EventId, Gap, Hub, Next, Overflow, Publish, PublishError,
    Resumed, Start, Stats, Subscription, TopicsError,
};
use sse_runtime::{Event, LastEventId};

/// Boxes a future of a `Result`, which shows that it can be awaited anywhere.
fn boxed<'a, T>(
    future: impl Future<Output = T> + Send + 'a,
) -> Pin<Box<dyn Future<Output = T> + Send + 'a>> {
    Box::pin(future)
}

#[test]
fn a_hub_and_its_builder_have_the_methods_of_the_contract() {
    let _: fn() -> Hub = Hub::new;
    let _: fn() -> Builder = Hub::builder;
    let _: fn(&Hub, &str, Event) -> Publish = |hub, topic, event| hub.publish(topic, event);
    let _: fn(&Hub, &str) -> Subscription = |hub, topic| hub.subscribe(topic);
    let _: fn(&Hub) -> EventId = Hub::position;
    let _: fn(&Hub, &str) -> usize = Hub::subscribers;
    let _: fn(&Hub) -> Stats = Hub::stats;
    let _: fn(Builder, Duration, usize) -> Builder = Builder::replay;
    let _: fn(Builder, usize) -> Builder = Builder::max_event_bytes;
    let _: fn(Builder, usize) -> Builder = Builder::max_topics;
    let _: fn(Builder) -> Hub = Builder::build;
    let hub = Hub::new();
    drop(boxed::<Result<Hub, ConnectError>>(Hub::connect("memory:")));
    drop(boxed::<Result<Hub, ConnectError>>(Hub::builder().connect("memory:")));
    drop(boxed::<Result<EventId, PublishError>>(hub.publish("a", Event::empty())));
    drop(boxed::<()>(hub.drain(Duration::ZERO)));
    drop(boxed::<()>(hub.flush()));
    drop(boxed::<()>(hub.close(Duration::ZERO)));
    drop(boxed::<Result<(), PublishError>>(hub.end("user:7", Event::empty())));
    let _: fn(&Hub, &str, Event) -> Publish = Hub::retain;
    let _: fn(&Hub, Vec<(&str, Event)>) -> Publish = |hub, events| hub.publish_all(events);
    let _: fn(Publish) = Publish::detach;
    drop(boxed::<Result<(), PublishError>>(hub.forget("a")));
    let _: fn(Builder, usize, usize) -> Builder = Builder::max_retained;
    let _: fn(&Hub) -> bool = Hub::is_ready;
    let _: fn(Builder, Duration) -> Builder = Builder::publish_timeout;
}

#[test]
fn a_subscription_has_the_methods_of_the_contract() {
    let _: fn(Subscription, Option<LastEventId>) -> Subscription = Subscription::resume;
    let _: fn(Subscription, Start) -> Subscription = Subscription::start;
    let _: fn(Subscription, Overflow) -> Subscription = Subscription::overflow;
    let _: fn(Subscription) -> Subscription = Subscription::latest;
    let _: fn(Subscription, bool) -> Subscription = Subscription::announce;
    let _: fn(Subscription, Event) -> Subscription = Subscription::announce_event;
    let _: fn(&Subscription) -> Option<TopicsError> = Subscription::error;
    let _: fn(Subscription, &str) -> Subscription = |events, topic| events.latest_of(topic);
    let _: fn(&mut Subscription) -> Next<'_> = Subscription::next;
    let _: fn(Subscription, &str) -> Subscription = |events, tag| events.tag(tag);
    let _: fn(&Subscription) -> Ended = Subscription::ended;
    let _: fn(Subscription, Instant, Event) -> Subscription = Subscription::until;
    let on_gap = |gap: Gap| Some(Event::data(gap.to_string()));
    let mut events = Hub::new().subscribe("a").on_gap(on_gap);
    drop(boxed::<Resumed>(events.resumed()));
}

#[test]
fn the_variants_are_those_of_the_contract() {
    let starts = [Start::Now, Start::Last(1), Start::Earliest];
    assert_eq!(Start::default(), starts[0]);
    let overflows = [Overflow::Gap, Overflow::End];
    assert_eq!(Overflow::default(), overflows[0]);
    let _ = [Resumed::Fresh, Resumed::Complete, Resumed::Gap, Resumed::Unknown];
    let gaps = [Gap::Evicted, Gap::Unknown, Gap::Overflow].map(Gap::as_str);
    assert_eq!(gaps, ["evicted", "unknown", "overflow"]);
}

#[test]
fn a_hub_is_shared_by_all_threads_and_a_subscription_moves_between_them() {
    fn shared<T: Clone + Send + Sync + 'static>() {}
    fn moves<T: FusedStream<Item = Event> + Send + Unpin + 'static>() {}
    fn signal<T: Future<Output = ()> + Send + Unpin + 'static>() {}
    fn error<T: Error + Send + Sync + 'static>() {}
    shared::<Hub>();
    shared::<EventId>();
    moves::<Subscription>();
    signal::<Ended>();
    error::<PublishError>();
    error::<ConnectError>();
    error::<TopicsError>();
}

#[tokio::test]
async fn the_engine_is_chosen_by_the_url() {
    assert!(Hub::connect("memory:").await.is_ok());
    let scheme = Hub::connect("postgres://localhost").await.unwrap_err();
    assert!(matches!(scheme, ConnectError::Scheme) && scheme.to_string().contains("redis:"));
}

#[cfg(not(feature = "redis"))]
#[tokio::test]
async fn without_the_feature_a_url_of_redis_is_an_error_that_names_it() {
    for url in ["redis://localhost", "rediss://localhost"] {
        let error = Hub::connect(url).await.unwrap_err();
        assert!(error.to_string().contains("features = [\"redis\"]"), "{error}");
    }
}

#[test]
fn each_error_says_what_is_wrong() {
    let topics =
        [TopicsError::None, TopicsError::TooMany, TopicsError::Empty, TopicsError::TooLong];
    let errors = [
        PublishError::HasId,
        PublishError::TooLarge,
        PublishError::TooManyTopics,
        PublishError::TooMuchRetained,
        PublishError::TimedOut,
        PublishError::Closed,
        PublishError::QueueFull,
        PublishError::Refused,
        PublishError::Unknown,
    ];
    let mut texts: Vec<String> = topics.iter().map(ToString::to_string).collect();
    for (error, text) in topics.into_iter().zip(&texts) {
        assert_eq!(PublishError::from(error).to_string(), *text);
    }
    texts.extend(errors.iter().map(ToString::to_string));
    texts.push("x".parse::<EventId>().unwrap_err().to_string());
    texts.push(ConnectError::Scheme.to_string());
    assert!(texts.iter().all(|text| text.len() > 5), "{texts:?}");
    texts.sort();
    texts.dedup();
    assert_eq!(texts.len(), topics.len() + errors.len() + 2);
    let cause = ConnectError::Engine("the cause".into());
    assert_eq!(cause.source().unwrap().to_string(), "the cause");
    assert!(cause.to_string().ends_with(": the cause") && ConnectError::Scheme.source().is_none());
}

#[test]
fn each_type_can_be_shown_to_a_programmer() {
    let hub = Hub::new();
    let shown = [
        (format!("{hub:?}"), "Hub { position: EventId"),
        (format!("{:?}", hub.subscribe("a")), "Subscription { ended: false"),
        (format!("{:?}", hub.subscribe("")), "Subscription { ended: false"),
        (format!("{:?}", hub.publish("a", Event::empty())), "Publish"),
    ];
    for (text, expected) in shown {
        assert!(text.starts_with(expected), "{text}");
    }
    assert_eq!(Gap::Evicted.to_string(), "evicted");
}
