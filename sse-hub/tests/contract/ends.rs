//! Ending the subscriptions with a tag.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Wake};
use std::time::Duration;

use futures::stream::select;
use futures::{FutureExt as _, StreamExt as _, stream};
use sse_hub::{Hub, PublishError, Subscription};
use sse_runtime::{Event, EventStream};
use tokio::time::{Instant, advance};

use super::reading::{Line, ended, id, now, read};
use super::{TOO_LONG, last, publish};

fn bye() -> Event {
    Event::data("you have signed out").event("bye")
}

fn is_bye(line: &Line) -> bool {
    line.id.is_none() && line.event.as_deref() == Some("bye")
}

async fn end(hub: &Hub, tag: &str) {
    hub.end(tag, bye()).await.unwrap();
}

/// Returns whether the last event is all that is left to read.
async fn is_over(events: &mut Subscription) -> bool {
    let lines = now(events);
    lines.len() == 1 && is_bye(&lines[0]) && ended(events).await
}

#[tokio::test]
async fn those_with_the_tag_leave_at_once_whether_or_not_they_are_polled_and_the_others_stay() {
    let hub = Hub::new();
    let mut idle = hub.subscribe("a").tag("user:7");
    let mut waiting = hub.subscribe("a").announce(false).tag("user:7");
    assert!(waiting.next().now_or_never().is_none());
    let mut other = hub.subscribe("a").announce(false).tag("user:77");
    let mut untagged = hub.subscribe("a").announce(false);
    end(&hub, "user:7").await;
    assert_eq!((hub.subscribers("a"), hub.stats().subscriptions), (2, 2));
    let after = publish(&hub, "a", "after").await;
    assert!(is_over(&mut idle).await && is_over(&mut waiting).await);
    for stays in [&mut other, &mut untagged] {
        assert_eq!(now(stays), [Line::event(after, "after")]);
    }
}

#[derive(Default)]
struct Bell(AtomicBool);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[tokio::test]
async fn one_that_waits_is_woken_to_end_and_by_nothing_that_comes_later() {
    let hub = Hub::new();
    let mut events = hub.subscribe("a").announce(false).tag("user:7");
    let bell = Arc::new(Bell::default());
    let waker = Arc::clone(&bell).into();
    assert!(events.poll_next_unpin(&mut Context::from_waker(&waker)).is_pending());
    end(&hub, "user:8").await;
    assert!(!bell.0.load(Ordering::Relaxed));
    end(&hub, "user:7").await;
    assert!(bell.0.load(Ordering::Relaxed));
    assert!(is_over(&mut events).await);
}

#[tokio::test(start_paused = true)]
async fn however_far_behind_it_is_it_sends_nothing_but_the_last_event() {
    let hub = Hub::new();
    let behind = publish(&hub, "a", "1").await;
    let resumed = || hub.subscribe("a").tag("user:7").resume(last(&behind));
    let [mut not_begun, mut begun, mut gone, mut asked] = [(); 4].map(|()| resumed());
    let mut unknown = resumed().resume(last(&"of another hub"));
    publish(&hub, "a", "2").await;
    assert_eq!(begun.next().await.map(|event| Line::of(&event)), Some(Line::opening(behind)));
    asked.resumed().await;
    advance(TOO_LONG).await;
    publish(&hub, "a", "3").await;
    assert_eq!(gone.next().await.unwrap().fields().event, Some("gap"));
    end(&hub, "user:7").await;
    for events in [&mut not_begun, &mut begun, &mut gone, &mut asked, &mut unknown] {
        assert!(is_over(events).await);
    }
    assert_eq!(hub.stats().gaps, 1);
}

#[tokio::test]
async fn one_that_is_made_later_is_not_affected() {
    let hub = Hub::new();
    let old = hub.subscribe("a").tag("user:7");
    end(&hub, "user:7").await;
    let mut new = hub.subscribe("a").announce(false).tag("user:7");
    drop(old);
    let id = publish(&hub, "a", "1").await;
    assert_eq!(now(&mut new), [Line::event(id, "1")]);
    end(&hub, "user:7").await;
    assert!(is_over(&mut new).await, "but by the next end");
}

#[tokio::test]
async fn a_subscription_with_several_tags_ends_by_any_of_them_and_once() {
    let hub = Hub::new();
    for tag in ["user:7", "session:x", "", "longer than any topic can be".repeat(20).as_str()] {
        let events = hub.subscribe(["a", "b"]).tag("user:7").tag("session:x".to_owned());
        let mut events =
            events.tag("").tag("longer than any topic can be".repeat(20)).tag("user:7");
        end(&hub, tag).await;
        assert_eq!([hub.subscribers("a"), hub.subscribers("b")], [0, 0]);
        hub.end("user:7", Event::data("again")).await.unwrap();
        assert!(is_over(&mut events).await, "{tag}");
    }
    let stats = hub.stats();
    assert_eq!((stats.subscriptions, stats.topics, stats.events), (0, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn one_in_a_pause_ends_without_waiting_for_its_end() {
    let hub = Hub::builder().coalesce(Duration::from_secs(3600)).build();
    let mut events = hub.subscribe("a").announce(false).tag("user:7");
    publish(&hub, "a", "1").await;
    assert_eq!(now(&mut events).len(), 1);
    let begin = Instant::now();
    let reading = tokio::spawn(read(events));
    tokio::task::yield_now().await;
    end(&hub, "user:7").await;
    assert!(is_bye(&reading.await.unwrap()[0]) && begin.elapsed().is_zero());
}

#[tokio::test]
async fn one_inside_a_block_and_one_inside_a_merge_end_too() {
    let hub = Hub::new();
    let events = hub.subscribe("a").announce(false).tag("user:7");
    let block = EventStream! {
        for await event in events {
            yield event;
        }
        yield Event::data("the block goes on");
    };
    let clock = stream::iter([Event::data("tick")]).chain(stream::pending());
    let merged = select(hub.subscribe("a").announce(false).tag("user:7"), clock);
    let (mut block, mut merged) = (Box::pin(block), merged);
    assert!(block.next().now_or_never().is_none());
    assert_eq!(now(&mut merged).len(), 1);
    end(&hub, "user:7").await;
    publish(&hub, "a", "after").await;
    let block = read(block).await;
    assert!(is_bye(&block[0]) && block[1].data.as_deref() == Some("the block goes on"));
    let merged = now(&mut merged);
    assert!(merged.len() == 1 && is_bye(&merged[0]), "{merged:?}");
}

#[tokio::test(start_paused = true)]
async fn a_drain_does_not_wait_for_those_that_were_ended() {
    let hub = Hub::new();
    let idle = hub.subscribe("a").tag("user:7");
    let begin = Instant::now();
    let drained = tokio::spawn({
        let hub = hub.clone();
        async move { hub.drain(Duration::from_secs(20)).await }
    });
    tokio::task::yield_now().await;
    end(&hub, "user:7").await;
    drained.await.unwrap();
    assert!(begin.elapsed().is_zero());
    drop(idle);
    let mut late = hub.subscribe("a").tag("user:7");
    end(&hub, "user:7").await;
    assert!(late.next().await.unwrap().fields().retry.is_some(), "it has only a farewell");
}

#[tokio::test(start_paused = true)]
async fn whichever_of_the_end_and_its_time_comes_first_is_the_end() {
    let hub = Hub::new();
    let expires = || {
        let at = Instant::now() + Duration::from_secs(9);
        hub.subscribe("a").announce(false).tag("user:7").until(at, Event::data("expired"))
    };
    let mut first = expires();
    end(&hub, "user:7").await;
    assert!(is_over(&mut first).await);
    let mut second = expires();
    advance(Duration::from_secs(10)).await;
    assert_eq!(now(&mut second)[0].data.as_deref(), Some("expired"));
    end(&hub, "user:7").await;
    assert!(ended(&mut second).await);
}

#[tokio::test]
async fn a_last_event_that_may_not_be_sent_ends_nobody() {
    let hub = Hub::builder().max_event_bytes(100).build();
    let mut events = hub.subscribe("a").announce(false).tag("user:7");
    assert_eq!(hub.end("user:7", bye().id("7")).await, Err(PublishError::HasId));
    let large = Event::data("x".repeat(100));
    assert_eq!(hub.end("user:7", large).await, Err(PublishError::TooLarge));
    let long = "user:7".repeat(20);
    assert_eq!(hub.end(&long, Event::empty()).await, Err(PublishError::TooLarge));
    drop(hub.end("user:7", bye()));
    assert!(events.next().now_or_never().is_none() && hub.subscribers("a") == 1);
    hub.close(Duration::ZERO).now_or_never();
    assert_eq!(hub.end("user:7", bye()).await, Err(PublishError::Closed));
}

#[tokio::test]
async fn the_last_event_is_the_one_event_that_leaves_no_position() {
    let hub = Hub::new();
    let first = publish(&hub, "a", "1").await;
    end(&hub, "user:7").await;
    assert_eq!(hub.position(), first);
    assert_eq!(publish(&hub, "a", "2").await, id(first, 2));
}

#[tokio::test(start_paused = true)]
async fn whoever_holds_a_subscription_without_polling_it_can_learn_of_its_end() {
    let hub = Hub::new();
    let events = hub.subscribe("a").tag("user:7").tag("session:x");
    let (mut ended, mut also) = (events.ended(), events.ended());
    assert!((&mut ended).now_or_never().is_none());
    end(&hub, "session:x").await;
    assert!((&mut ended).now_or_never().is_some() && (&mut also).now_or_never().is_some());
    assert!(events.ended().now_or_never().is_some(), "also who asks later");

    let at = Instant::now() + Duration::from_secs(9);
    let events = hub.subscribe("a").tag("user:7").until(at, bye());
    events.ended().await;
    assert_eq!(Instant::now(), at);
}

#[tokio::test]
async fn one_that_goes_by_itself_or_has_no_end_set_never_tells_of_one() {
    let hub = Hub::new();
    let events = hub.subscribe("a").tag("user:7");
    let mut gone = events.ended();
    drop(events);
    end(&hub, "user:7").await;
    assert!((&mut gone).now_or_never().is_none() && gone.now_or_never().is_none());
    let untagged = hub.subscribe("a");
    let refused = hub.subscribe("").tag("user:7");
    end(&hub, "user:7").await;
    assert!(untagged.ended().now_or_never().is_none() && refused.ended().now_or_never().is_none());
}

/// An executor that panics when a task is woken.
struct Panics;

impl Wake for Panics {
    fn wake(self: Arc<Self>) {
        panic!("on purpose");
    }
}

#[tokio::test]
async fn an_executor_that_panics_at_the_signal_keeps_it_from_nobody_else() {
    let hub = Hub::new();
    let events = [(); 2].map(|()| hub.subscribe("a").tag("user:7"));
    let [mut panics, other] = events.each_ref().map(Subscription::ended);
    let waker = Arc::new(Panics).into();
    assert!(panics.poll_unpin(&mut Context::from_waker(&waker)).is_pending());
    end(&hub, "user:7").await;
    assert!(other.now_or_never().is_some());
}
