//! Resuming where events are missing.

use std::panic::{AssertUnwindSafe, catch_unwind};

use sse_hub::{EventId, Gap, Hub, Resumed, Start};
use sse_runtime::Event;
use tokio::time::advance;

use super::reading::{Line, id, next, now};
use super::{TOO_LONG, last, publish};

/// A hub with three events of topic `a`, of which only the last is still kept.
struct Evicted {
    hub: Hub,
    old: EventId,
    gone: EventId,
    kept: EventId,
}

async fn evicted() -> Evicted {
    let hub = Hub::new();
    let old = publish(&hub, "a", "1").await;
    let gone = publish(&hub, "a", "2").await;
    advance(TOO_LONG).await;
    let kept = publish(&hub, "a", "3").await;
    Evicted { hub, old, gone, kept }
}

#[tokio::test(start_paused = true)]
async fn a_client_whose_position_is_evicted_is_told_of_the_gap_and_continues() {
    let Evicted { hub, old, gone, kept } = evicted().await;
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

#[tokio::test(start_paused = true)]
async fn only_a_topic_that_is_forgotten_among_very_many_may_be_told_of_a_gap_in_which_it_missed_nothing()
 {
    const REMEMBERED: u64 = 65_536;
    let hub = Hub::new();
    let first = publish(&hub, "1", "1").await;
    // The sequence of each topic's event is the topic's number.
    for topic in 2..=REMEMBERED + 2 {
        publish(&hub, &topic.to_string(), "1").await;
    }
    advance(TOO_LONG).await;
    publish(&hub, "another", "1").await;
    assert_eq!(hub.stats().events, 1);
    let resumed = async |topic: u64, sequence| {
        let events = hub.subscribe(topic.to_string()).resume(last(&id(first, sequence)));
        { events }.resumed().await
    };
    for topic in [3, 4, REMEMBERED + 2] {
        assert_eq!(resumed(topic, topic).await, Resumed::Complete, "{topic} has missed nothing");
        assert_eq!(resumed(topic, topic - 1).await, Resumed::Gap, "{topic} has missed its event");
    }
    // These topics may have had events up to the second one, so their clients are told, to be safe.
    assert_eq!(resumed(1, 1).await, Resumed::Gap);
    assert_eq!(resumed(1, 2).await, Resumed::Complete);
    assert_eq!(resumed(2, 1).await, Resumed::Gap);
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
    let Evicted { hub, old, gone, kept } = evicted().await;
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
    let Evicted { hub, old, gone, kept } = evicted().await;
    let mut events = hub.subscribe("a").resume(last(&old));
    assert_eq!(events.resumed().await, Resumed::Gap);
    assert_eq!(events.resumed().await, Resumed::Gap, "it stays so");
    assert_eq!(now(&mut events), [Line::opening(gone), Line::event(kept, "3")]);
}

/// Publishes this many events. Returns the position after the third, and the newest.
async fn life(events: usize) -> (Hub, EventId) {
    let hub = Hub::new();
    let mut third = hub.position();
    for n in 1..=events {
        let id = publish(&hub, "a", &n.to_string()).await;
        third = if n == 3 { id } else { third };
    }
    (hub, third)
}

#[tokio::test]
async fn a_process_whose_generators_start_like_those_of_the_one_before_has_a_history_of_its_own() {
    fastrand::seed(42);
    let (_before, third) = life(3).await;
    fastrand::seed(42);
    let (after, _) = life(5).await;
    let mut events = after.subscribe("a").resume(last(&third));
    assert_eq!(events.resumed().await, Resumed::Unknown);
    let data: Vec<_> = now(&mut events).into_iter().filter_map(|line| line.data).collect();
    assert_eq!(data, ["1", "2", "3", "4", "5"]);
}

#[tokio::test(start_paused = true)]
async fn a_new_client_that_wants_what_is_gone_can_be_told_but_receives_no_gap() {
    let Evicted { hub, gone, kept, .. } = evicted().await;
    let resumed = async |start| hub.subscribe("a").start(start).resumed().await;
    assert_eq!(resumed(Start::Earliest).await, Resumed::Gap);
    assert_eq!(resumed(Start::Last(2)).await, Resumed::Gap);
    assert_eq!(resumed(Start::Last(1)).await, Resumed::Fresh, "there is one");
    assert_eq!(resumed(Start::Last(0)).await, Resumed::Fresh);
    assert_eq!(resumed(Start::Now).await, Resumed::Fresh);
    let quiet = hub.subscribe("b").start(Start::Earliest).resumed().await;
    assert_eq!(quiet, Resumed::Fresh, "it never had any");
    let newest = hub.subscribe("a").latest().start(Start::Earliest).resumed().await;
    assert_eq!(newest, Resumed::Fresh, "the newest is there");
    let all = [Line::opening(gone), Line::event(kept, "3")];
    assert_eq!(now(&mut hub.subscribe("a").start(Start::Earliest)), all);
    assert_eq!(hub.stats().gaps, 0);
}

#[tokio::test(start_paused = true)]
async fn the_latest_of_a_topic_that_was_quiet_for_longer_than_the_window_is_gone_which_can_be_told()
{
    let hub = Hub::new();
    publish(&hub, "a", "1").await;
    advance(TOO_LONG).await;
    let mut price = hub.subscribe("a").latest().start(Start::Earliest);
    assert_eq!(price.resumed().await, Resumed::Gap);
    assert_eq!(now(&mut price), [Line::opening(hub.position())]);
}

#[tokio::test(start_paused = true)]
async fn a_gap_is_told_although_the_callback_panicked_the_first_time() {
    let Evicted { hub, old, gone, kept } = evicted().await;
    let panics_once = || {
        let mut has_panicked = false;
        move |gap: Gap| {
            assert!(std::mem::replace(&mut has_panicked, true), "the first time");
            Some(Event::data(gap.as_str()))
        }
    };
    let mut resumes = hub.subscribe("a").resume(last(&old)).on_gap(panics_once());
    catch_unwind(AssertUnwindSafe(|| now(&mut resumes))).unwrap_err();
    assert_eq!(now(&mut resumes), [Line::event(gone, "evicted"), Line::event(kept, "3")]);

    let mut lags = hub.subscribe("a").on_gap(panics_once()).announce(false);
    assert_eq!(now(&mut lags), []);
    let missed = publish(&hub, "a", "4").await;
    advance(TOO_LONG).await;
    let left = publish(&hub, "a", "5").await;
    catch_unwind(AssertUnwindSafe(|| now(&mut lags))).unwrap_err();
    assert_eq!(now(&mut lags), [Line::event(missed, "overflow"), Line::event(left, "5")]);
}

#[tokio::test(start_paused = true)]
async fn a_callback_may_use_the_hub() {
    let Evicted { hub, old, gone, kept } = evicted().await;
    let uses = hub.clone();
    let mut events = hub.subscribe("a").resume(last(&old)).on_gap(move |gap| {
        drop(uses.publish("a", Event::data("from the callback")));
        drop(uses.subscribe("a"));
        assert_eq!((uses.stats().events, uses.subscribers("a")), (2, 1));
        Some(Event::data(gap.as_str()))
    });
    let lines = now(&mut events);
    let after = Line::event(hub.position(), "from the callback");
    assert_eq!(lines, [Line::event(gone, "evicted"), Line::event(kept, "3"), after]);
}
