//! Publishing, and who is woken by it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use futures::StreamExt as _;
use sse_hub::{Hub, Overflow};
use sse_runtime::Event;
use tokio::time::timeout;

use super::publish;
use super::reading::{Line, next, now};

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
fn many_are_woken_although_another_publishers_runtime_rests() {
    let hub = Hub::new();
    let rests = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let waiting = ["a", "b"].map(|topic| {
        let all = (0..20).map(|_| {
            let mut events = hub.subscribe(topic).announce(false);
            runtime.spawn(async move { next(&mut events).await })
        });
        all.collect::<Vec<_>>()
    });
    runtime.block_on(tokio::task::yield_now());
    let a = rests.block_on(publish(&hub, "a", "1"));
    let b = runtime.block_on(publish(&hub, "b", "1"));
    let [of_a, of_b] = waiting;
    let read = |line| runtime.block_on(async { timeout(Duration::from_secs(60), line).await });
    for line in of_b {
        assert_eq!(read(line).expect("in time").unwrap(), Line::event(b, "1"));
    }
    drop(rests);
    for line in of_a {
        assert_eq!(read(line).expect("in time").unwrap(), Line::event(a, "1"));
    }
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

/// An executor that panics when a task is woken.
struct Panics;

impl Wake for Panics {
    fn wake(self: Arc<Self>) {
        panic!("on purpose");
    }
}

#[test]
fn an_executor_that_panics_keeps_nobody_else_asleep_and_the_publisher_has_its_outcome() {
    for audience in [3, 100] {
        let hub = Hub::new();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut panicking: Vec<_> = (0..audience).map(|_| hub.subscribe("a")).collect();
        let mut waiting = Vec::new();
        for (n, events) in panicking.iter_mut().enumerate() {
            let waker = Arc::new(Panics).into();
            while events.poll_next_unpin(&mut Context::from_waker(&waker)).is_ready() {}
            if n % 20 == 0 {
                let mut events = hub.subscribe("a").announce(false);
                waiting.push(runtime.spawn(async move { next(&mut events).await }));
                runtime.block_on(tokio::task::yield_now());
            }
        }
        // On a thread without a runtime, and in one.
        let id = match audience {
            3 => futures::executor::block_on(publish(&hub, "a", "1")),
            _ => runtime.block_on(publish(&hub, "a", "1")),
        };
        for line in waiting {
            let line = runtime.block_on(async { timeout(Duration::from_secs(60), line).await });
            assert_eq!(line.expect("in time").unwrap(), Line::event(id, "1"));
        }
    }
}

/// Uses the hub when it is woken or dropped: wakers belong to users, who may run any code in them.
struct Publishes(Hub, AtomicUsize);

impl Wake for Publishes {
    fn wake(self: Arc<Self>) {
        if self.1.fetch_add(1, Ordering::Relaxed) < 3 {
            drop(self.0.publish("a", Event::data("from a waker")));
            drop(self.0.subscribe("a"));
        }
    }
}

impl Drop for Publishes {
    fn drop(&mut self) {
        drop(self.0.publish("b", Event::data("from a waker that is dropped")));
    }
}

#[tokio::test]
async fn a_waker_may_use_the_hub_when_it_is_woken_and_when_it_is_dropped() {
    let hub = Hub::new();
    let mut events = hub.subscribe("a").announce(false);
    let mut wait = || {
        let waker = Arc::new(Publishes(hub.clone(), AtomicUsize::new(0))).into();
        let polled = events.poll_next_unpin(&mut Context::from_waker(&waker));
        polled.is_ready()
    };
    assert!(!wait());
    publish(&hub, "a", "1").await;
    while wait() {}
    // Registers another waker in its place, and then none.
    assert!(!wait());
    let dropped = hub.stats().published;
    drop(events);
    assert_eq!((hub.stats().published, hub.subscribers("a")), (dropped + 1, 0));
}

/// Counts how often a task is woken.
#[derive(Default)]
struct Counts(AtomicUsize);

impl Wake for Counts {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[tokio::test]
async fn other_tasks_have_their_turn_while_very_many_are_woken() {
    let hub = Hub::new();
    let counts = Arc::new(Counts::default());
    let waker = Arc::clone(&counts).into();
    let mut all: Vec<_> = (0..1000).map(|_| hub.subscribe("a").announce(false)).collect();
    for events in &mut all {
        assert!(events.poll_next_unpin(&mut Context::from_waker(&waker)).is_pending());
    }
    publish(&hub, "a", "1").await;
    let mut turns = 0;
    while counts.0.load(Ordering::Relaxed) < 1000 {
        tokio::task::yield_now().await;
        turns += 1;
    }
    assert!((5..20).contains(&turns), "{turns}");
}

#[tokio::test]
async fn one_who_leaves_keeps_nobody_asleep() {
    let hub = Hub::new();
    let [mut first, mut second, mut third] = [(); 3].map(|()| hub.subscribe("a").announce(false));
    let counts = Arc::new(Counts::default());
    let waker = Arc::clone(&counts).into();
    let mut context = Context::from_waker(&waker);
    for events in [&mut first, &mut second, &mut third] {
        assert!(events.poll_next_unpin(&mut context).is_pending());
    }
    drop(first);
    drop(third);
    publish(&hub, "a", "1").await;
    assert_eq!(counts.0.load(Ordering::Relaxed), 1);
    assert!(second.poll_next_unpin(&mut context).is_ready());
}

/// Publishes more than the hub keeps when it is dropped.
struct Floods(Hub);

impl Wake for Floods {
    fn wake(self: Arc<Self>) {}
}

impl Drop for Floods {
    fn drop(&mut self) {
        for _ in 0..3 {
            drop(self.0.publish("a", Event::empty()));
        }
    }
}

#[tokio::test]
async fn a_stream_that_ends_at_a_gap_ends_also_if_the_gap_comes_while_it_registers() {
    let hub = Hub::builder().replay(Duration::from_secs(60), 0).build();
    let mut events = hub.subscribe("a").announce(false).overflow(Overflow::End).on_gap(|_| None);
    let floods = Arc::new(Floods(hub.clone())).into();
    assert!(events.poll_next_unpin(&mut Context::from_waker(&floods)).is_pending());
    drop(floods);
    assert_eq!(hub.stats().appended, 0, "it is registered");
    let ended = events.poll_next_unpin(&mut Context::from_waker(Waker::noop()));
    assert_eq!((hub.stats().appended, ended), (3, Poll::Ready(None)));
}
