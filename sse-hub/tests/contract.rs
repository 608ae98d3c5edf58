//! What a hub promises, row by row.

mod reading;

use std::time::Duration;

use futures::StreamExt as _;
use reading::{Line, ended, id, next, now, read};
use sse_hub::{
    ConnectError, EventId, Gap, Hub, Overflow, PublishError, Resumed, Start, TopicsError,
};
use sse_runtime::{Event, EventStream, LastEventId};
use tokio::time::{Instant, advance, sleep};

const TOO_LONG: Duration = Duration::from_secs(121);

fn last(id: &impl ToString) -> Option<LastEventId> {
    LastEventId::new(id.to_string())
}

async fn publish(hub: &Hub, topic: &str, data: &str) -> EventId {
    hub.publish(topic, Event::data(data.to_owned())).await.expect("published")
}

#[tokio::test]
async fn every_subscription_of_the_topic_receives_the_event_and_no_other_does() {
    let hub = Hub::new();
    let mut here = [hub.subscribe("a"), hub.subscribe("a")].map(|events| events.announce(false));
    let mut elsewhere = hub.subscribe("b").announce(false);
    let id = publish(&hub, "a", "hello").await;
    for events in &mut here {
        assert_eq!(next(events).await, Line::event(id, "hello"));
    }
    assert_eq!(now(&mut elsewhere), []);
}

#[tokio::test]
async fn topics_are_strings_arrays_slices_and_vectors_of_them() {
    let hub = Hub::new();
    let owned = vec![String::from("a"), String::from("b")];
    let _all = (
        hub.subscribe("a"),
        hub.subscribe(String::from("a")),
        hub.subscribe(["a", "b"]),
        hub.subscribe(owned.as_slice()),
        hub.subscribe(owned.clone()),
        hub.subscribe(&owned),
    );
    assert_eq!((hub.subscribers("a"), hub.subscribers("b")), (6, 4));
}

#[tokio::test]
async fn an_event_of_several_topics_is_received_once_by_who_subscribes_to_several() {
    let hub = Hub::new();
    let mut events = hub.subscribe(["a", "b", "a"]).announce(false);
    let both = hub.publish(["b", "a"], Event::data("both")).await.unwrap();
    let one = publish(&hub, "b", "one").await;
    assert_eq!(now(&mut events), [Line::event(both, "both"), Line::event(one, "one")]);
    assert_eq!(hub.subscribers("a"), 1);
}

#[tokio::test]
async fn topics_that_cannot_be_are_an_error_of_publish() {
    let hub = Hub::new();
    let long = "é".repeat(127) + "a";
    assert!(hub.publish(&long, Event::empty()).await.is_ok(), "of 255 bytes");
    let many: Vec<_> = (0..129).map(|n| n.to_string()).collect();
    assert!(hub.publish(&many[1..], Event::empty()).await.is_ok(), "128 topics");
    let refused = [
        (hub.publish("", Event::empty()).await, TopicsError::Empty),
        (hub.publish("a".repeat(256), Event::empty()).await, TopicsError::TooLong),
        (hub.publish(many, Event::empty()).await, TopicsError::TooMany),
        (hub.publish(Vec::<String>::new(), Event::empty()).await, TopicsError::None),
    ];
    for (outcome, error) in refused {
        assert_eq!(outcome, Err(PublishError::Topics(error)));
    }
    assert_eq!(hub.stats().appended, 2);
}

#[tokio::test]
async fn a_subscription_to_topics_that_cannot_be_says_so_and_ends() {
    let hub = Hub::new();
    let many = (0..129).map(|n| n.to_string()).collect();
    for topics in [vec![String::new()], vec!["a".repeat(256)], vec![], many] {
        let mut events = hub.subscribe(topics);
        assert_eq!(events.resumed().await, Resumed::Fresh);
        let event = events.next().await.unwrap();
        assert!(event.fields().comment.unwrap().contains("topic"), "{event:?}");
        assert_eq!(event.fields().retry, Some(Duration::from_secs(60)));
        assert_eq!(events.next().await, None);
    }
    assert_eq!(hub.stats().subscriptions, 0);
}

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

#[tokio::test(start_paused = true)]
async fn a_client_whose_position_is_evicted_is_told_of_the_gap_and_continues() {
    let hub = Hub::new();
    let old = publish(&hub, "a", "1").await;
    let gone = publish(&hub, "a", "2").await;
    advance(TOO_LONG).await;
    let kept = publish(&hub, "a", "3").await;
    let mut events = hub.subscribe("a").resume(last(&old));
    assert_eq!(now(&mut events), [Line::gap(gone, "evicted"), Line::event(kept, "3")]);
}

#[tokio::test(start_paused = true)]
async fn a_client_of_a_quiet_topic_is_not_told_of_a_gap_that_does_not_exist() {
    let hub = Hub::new();
    let mine = publish(&hub, "quiet", "1").await;
    publish(&hub, "noisy", "2").await;
    advance(TOO_LONG).await;
    publish(&hub, "noisy", "3").await;
    let mut events = hub.subscribe("quiet").resume(last(&mine));
    assert_eq!(events.resumed().await, Resumed::Complete);
    let before = hub.subscribe("quiet").resume(last(&id(mine, 0))).resumed().await;
    assert_eq!(before, Resumed::Gap, "its own event is gone");
}

#[tokio::test]
async fn a_position_of_another_history_is_unknown_and_what_there_is_follows() {
    let before = Hub::new();
    let old = publish(&before, "a", "1").await;
    let hub = Hub::new();
    let begin = hub.position();
    let new = publish(&hub, "a", "2").await;
    for position in [old.to_string(), String::from("42"), format!("{new}x"), format!("+{new}")] {
        let mut events = hub.subscribe("a").resume(last(&position));
        assert_eq!(now(&mut events), [Line::gap(begin, "unknown"), Line::event(new, "2")]);
    }
}

#[tokio::test]
async fn a_position_that_the_hub_has_not_reached_is_unknown() {
    let hub = Hub::new();
    let here = publish(&hub, "a", "1").await;
    for sequence in [2, u64::MAX] {
        let mut events = hub.subscribe("a").resume(last(&id(here, sequence)));
        assert_eq!(now(&mut events), [Line::gap(here, "unknown")]);
    }
}

#[tokio::test(start_paused = true)]
async fn on_gap_replaces_the_event_or_leaves_it_out() {
    let hub = Hub::new();
    let old = publish(&hub, "a", "1").await;
    let gone = publish(&hub, "a", "2").await;
    advance(TOO_LONG).await;
    let kept = publish(&hub, "a", "3").await;
    let resume = || hub.subscribe("a").resume(last(&old));
    let mut other = resume().on_gap(|gap| {
        assert_eq!(gap, Gap::Evicted);
        Some(Event::data("all").event("state").id("mine"))
    });
    assert_eq!(next(&mut other).await, Line::named("state", gone, "all"));
    assert_eq!(now(&mut other), [Line::event(kept, "3")]);
    let mut none = resume().on_gap(|_| None);
    assert_eq!(now(&mut none), [Line::opening(gone), Line::event(kept, "3")]);
}

#[tokio::test(start_paused = true)]
async fn who_asks_how_it_resumed_is_told_and_the_client_is_not() {
    let hub = Hub::new();
    let old = publish(&hub, "a", "1").await;
    let gone = publish(&hub, "a", "2").await;
    advance(TOO_LONG).await;
    let kept = publish(&hub, "a", "3").await;
    let mut events = hub.subscribe("a").resume(last(&old));
    assert_eq!(events.resumed().await, Resumed::Gap);
    assert_eq!(events.resumed().await, Resumed::Gap, "it stays so");
    assert_eq!(now(&mut events), [Line::opening(gone), Line::event(kept, "3")]);
}

fn small() -> Hub {
    // Each of the events takes more than half of it.
    Hub::builder().replay(Duration::from_secs(120), 1000).build()
}

fn large() -> String {
    "x".repeat(600)
}

#[tokio::test]
async fn a_slow_client_is_told_of_what_it_missed_and_continues_with_what_is_left() {
    let hub = small();
    let mut events = hub.subscribe("a");
    let begin = hub.position();
    assert_eq!(next(&mut events).await, Line::opening(begin));
    let ids = [publish(&hub, "a", &large()).await, publish(&hub, "a", &large()).await];
    assert_eq!(now(&mut events), [Line::gap(ids[0], "overflow"), Line::event(ids[1], &large())]);
    assert_eq!(hub.stats().gaps, 1);
}

#[tokio::test]
async fn the_newest_event_stays_whatever_its_size() {
    let hub = Hub::builder().replay(Duration::from_secs(120), 0).build();
    let mut events = hub.subscribe("a").announce(false);
    let id = publish(&hub, "a", &large()).await;
    assert_eq!(now(&mut events), [Line::event(id, &large())]);
}

#[tokio::test]
async fn a_slow_client_whose_topics_lost_nothing_is_told_nothing() {
    let hub = small();
    let mut events = hub.subscribe("quiet").announce(false);
    assert_eq!(now(&mut events), []);
    for _ in 0..3 {
        publish(&hub, "noisy", &large()).await;
    }
    assert_eq!(now(&mut events), []);
    assert_eq!(hub.stats().gaps, 0);
}

#[tokio::test]
async fn with_end_the_stream_of_a_slow_client_ends_after_the_gap() {
    let hub = small();
    let mut events = hub.subscribe("a").announce(false).overflow(Overflow::End);
    let mut silent = hub.subscribe("a").overflow(Overflow::End).announce(false).on_gap(|_| None);
    assert_eq!((now(&mut events), now(&mut silent)), (vec![], vec![]));
    let first = publish(&hub, "a", &large()).await;
    publish(&hub, "a", &large()).await;
    assert_eq!(next(&mut events).await, Line::gap(first, "overflow"));
    assert!(ended(&mut events).await && ended(&mut silent).await);
    assert_eq!(hub.stats().subscriptions, 0);
}

#[tokio::test]
async fn who_wants_the_latest_skips_to_the_newest_event_of_each_topic() {
    let hub = Hub::new();
    let mut prices = hub.subscribe(["a", "b"]).latest().announce(false);
    assert_eq!(now(&mut prices), []);
    publish(&hub, "a", "1").await;
    let b = publish(&hub, "b", "2").await;
    publish(&hub, "a", "3").await;
    let a = publish(&hub, "a", "4").await;
    assert_eq!(now(&mut prices), [Line::event(b, "2"), Line::event(a, "4")]);
    let mut new = hub.subscribe(["a", "b"]).latest().start(Start::Earliest).announce(false);
    assert_eq!(now(&mut new), [Line::event(b, "2"), Line::event(a, "4")]);
}

#[tokio::test(start_paused = true)]
async fn who_wants_the_latest_is_told_of_a_gap_only_if_the_newest_event_is_gone() {
    let hub = Hub::new();
    let begin = hub.position();
    publish(&hub, "a", "1").await;
    let gone = publish(&hub, "b", "2").await;
    advance(TOO_LONG).await;
    let kept = publish(&hub, "a", "3").await;
    let resume = |topic: &str| hub.subscribe(topic).latest().resume(last(&begin));
    assert_eq!(now(&mut resume("a")), [Line::opening(gone), Line::event(kept, "3")]);
    assert_eq!(now(&mut resume("b")), [Line::gap(gone, "evicted")]);
}

#[tokio::test]
async fn an_event_beyond_a_limit_is_refused_with_nothing_half_done() {
    let hub = Hub::builder().max_event_bytes(100).max_topics(2).build();
    let refused = hub.publish("a", Event::data("x".repeat(101))).await;
    assert_eq!(refused, Err(PublishError::TooLarge));
    assert!(hub.publish("a", Event::data("x".repeat(50))).await.is_ok());
    let three = hub.publish(["b", "c"], Event::empty()).await;
    assert_eq!(three, Err(PublishError::TooManyTopics));
    assert!(hub.publish(["a", "b"], Event::empty()).await.is_ok());
    assert_eq!((hub.stats().appended, hub.stats().topics), (2, 2));
}

#[tokio::test]
async fn topics_that_clients_make_up_keep_nobody_from_publishing_and_leave_nothing() {
    let hub = Hub::builder().max_topics(1).build();
    let made_up: Vec<_> = (0..1000).map(|n| hub.subscribe(n.to_string())).collect();
    assert!(hub.publish("a", Event::empty()).await.is_ok());
    assert_eq!(hub.stats().topics, 1001);
    drop(made_up);
    assert_eq!(hub.stats().topics, 1);
}

#[tokio::test]
async fn an_event_is_published_whether_or_not_anyone_asks_for_the_outcome() {
    let hub = Hub::new();
    let mut events = hub.subscribe("a").announce(false);
    drop(hub.publish("a", Event::data("1")));
    assert_eq!(now(&mut events), [Line::event(hub.position(), "1")]);
}

#[tokio::test]
async fn who_waits_is_woken_by_an_event_of_any_of_its_topics() {
    let hub = Hub::new();
    let mut events = hub.subscribe(["a", "b"]).announce(false);
    for topic in ["a", "b", "b", "a"] {
        let publishing = async {
            tokio::task::yield_now().await;
            publish(&hub, topic, "1").await
        };
        let (line, id) = tokio::join!(next(&mut events), publishing);
        assert_eq!(line, Line::event(id, "1"));
    }
}

#[tokio::test]
async fn a_subscription_that_moves_to_another_task_wakes_that_one() {
    let hub = Hub::new();
    let mut events = hub.subscribe("a").announce(false);
    assert_eq!(now(&mut events), [], "it waits, for a task that isn't there any more");
    let waiting = tokio::spawn(async move { next(&mut events).await });
    tokio::task::yield_now().await;
    let id = publish(&hub, "a", "1").await;
    assert_eq!(waiting.await.unwrap(), Line::event(id, "1"));
}

#[test]
fn who_waits_is_woken_also_by_a_publisher_outside_of_any_runtime() {
    let hub = Hub::new();
    let mut events = hub.subscribe("a").announce(false);
    let publisher = hub.clone();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let line = runtime.block_on(async {
        let waiting = tokio::spawn(async move { next(&mut events).await });
        tokio::task::yield_now().await;
        std::thread::spawn(move || drop(publisher.publish("a", Event::data("1")))).join().unwrap();
        waiting.await.unwrap()
    });
    assert_eq!(line, Line::event(hub.position(), "1"));
}

#[test]
fn a_few_are_woken_although_the_publishers_runtime_rests_and_many_when_it_is_gone() {
    for audience in [16, 1000] {
        let hub = Hub::new();
        let publisher = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let waiting: Vec<_> = (0..audience)
            .map(|_| {
                let mut events = hub.subscribe("a").announce(false);
                runtime.spawn(async move { next(&mut events).await })
            })
            .collect();
        runtime.block_on(tokio::task::yield_now());
        let id = publisher.block_on(publish(&hub, "a", "1"));
        if audience > 16 {
            drop(publisher);
        }
        for line in waiting {
            assert_eq!(runtime.block_on(line).unwrap(), Line::event(id, "1"));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn draining_ends_all_subscriptions_spread_over_the_window_each_after_a_retry() {
    let hub = Hub::new();
    let begin = Instant::now();
    let over = Duration::from_secs(20);
    let clients: Vec<_> = (0..100)
        .map(|_| {
            let events = hub.subscribe("a").announce(false);
            tokio::spawn(async move { (read(events).await, begin.elapsed()) })
        })
        .collect();
    tokio::task::yield_now().await;
    hub.drain(over).await;
    let mut ends = Vec::new();
    for client in clients {
        let (lines, end) = client.await.unwrap();
        assert!(matches!(lines[..], [Line { retry: Some(1000..=3000), .. }]), "{lines:?}");
        ends.push(end);
    }
    for part in 0..10 {
        let from = over * part / 10;
        let during = ends.iter().filter(|&&end| end >= from && end < from + over / 10).count();
        assert!((8..=12).contains(&during), "{during} ended in part {part}");
    }
    assert_eq!(hub.stats().subscriptions, 0);
}

#[tokio::test(start_paused = true)]
async fn a_drained_hub_sends_new_subscriptions_away_and_publishes_to_those_that_stay() {
    let hub = Hub::new();
    let begin = Instant::now();
    let mut old = hub.subscribe("a").announce(false);
    let draining = tokio::spawn({
        let hub = hub.clone();
        async move { hub.drain(Duration::from_secs(20)).await }
    });
    tokio::task::yield_now().await;
    let new = read(hub.subscribe("a")).await;
    assert!(matches!(new[..], [Line { retry: Some(1000..=3000), id: None, .. }]), "{new:?}");
    let id = publish(&hub, "a", "1").await;
    assert_eq!(next(&mut old).await, Line::event(id, "1"));
    assert!(!draining.is_finished());
    drop(old);
    draining.await.unwrap();
    assert_eq!(begin.elapsed().as_secs(), 0, "nobody is left to wait for");
    hub.drain(Duration::from_secs(99)).await;
}

#[tokio::test(start_paused = true)]
async fn draining_waits_no_longer_than_its_window_for_a_client_that_is_not_read_from() {
    let hub = Hub::new();
    let stalled = hub.subscribe("a");
    let begin = Instant::now();
    hub.drain(Duration::from_secs(20)).await;
    assert_eq!(begin.elapsed().as_secs(), 20);
    assert_eq!(read(stalled).await.len(), 1, "the farewell, once it is read");
}

#[tokio::test(start_paused = true)]
async fn an_idle_hub_forgets_once_someone_looks() {
    let hub = Hub::new();
    publish(&hub, "a", "1").await;
    sleep(TOO_LONG).await;
    assert_eq!((hub.stats().events, hub.stats().bytes, hub.stats().topics), (0, 0, 0));
}

#[test]
fn a_hub_is_shared_by_all_threads_and_a_subscription_moves_between_them() {
    fn shared<T: Clone + Send + Sync + 'static>() {}
    fn moves<T: futures::stream::FusedStream<Item = Event> + Send + Unpin + 'static>() {}
    fn error<T: std::error::Error + Send + Sync + 'static>() {}
    shared::<Hub>();
    shared::<EventId>();
    moves::<sse_hub::Subscription>();
    error::<PublishError>();
    error::<ConnectError>();
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
