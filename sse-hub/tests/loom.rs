//! A hub under loom, which tries every order in which threads can run: `cargo xtask loom`.
#![cfg(sse_hub_loom)]

mod explore;

use std::time::Duration;

use explore::explore;
use futures::StreamExt as _;
use loom::future::block_on;
use loom::thread;
use sse_hub::{Hub, Start, Subscription};
use sse_runtime::{Event, LastEventId};
use tokio::runtime::{Builder, Runtime};

thread_local! {
    /// For the timers of a drain, whose time has always come: so it never turns.
    static RUNTIME: Runtime = Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
}

/// Ends all subscriptions at once.
fn drain(hub: &Hub) {
    RUNTIME.with(|runtime| {
        let _runtime = runtime.enter();
        block_on(hub.drain(Duration::ZERO));
    });
}

/// Waits for the next event and returns its data. If it is never woken, loom fails.
fn next(events: &mut Subscription) -> String {
    let event = block_on(events.next()).expect("it goes on");
    event.fields().data.expect("an event with data").to_owned()
}

fn publish(hub: &Hub, topic: &str, data: &'static str) {
    drop(hub.publish(topic, Event::data(data)));
}

#[test]
fn whoever_waits_is_woken_whenever_the_event_comes() {
    explore(None, || {
        let hub = Hub::new();
        let mut events = hub.subscribe("a").announce(false);
        let publisher = thread::spawn(move || publish(&hub, "a", "1"));
        assert_eq!(next(&mut events), "1");
        publisher.join().unwrap();
    });
}

#[test]
fn two_who_wait_are_woken_by_two_who_publish_each_of_them_to_one_of_their_topics() {
    explore(Some(3), || {
        let hub = Hub::new();
        let mut here = hub.subscribe(["a", "b"]).announce(false);
        let mut there = hub.subscribe("b").announce(false);
        let other = hub.clone();
        let a = thread::spawn(move || publish(&other, "a", "a"));
        let b = thread::spawn(move || publish(&hub, "b", "b"));
        let mut seen = [next(&mut here), next(&mut here)];
        seen.sort();
        assert_eq!(seen, ["a", "b"]);
        assert_eq!(next(&mut there), "b");
        a.join().unwrap();
        b.join().unwrap();
    });
}

#[test]
fn one_who_leaves_while_an_event_comes_leaves_nothing_and_keeps_nobody_asleep() {
    explore(Some(3), || {
        let hub = Hub::new();
        let mut stays = hub.subscribe("a").announce(false);
        let mut leaves = hub.subscribe("a").announce(false);
        let leaving = thread::spawn(move || {
            let mut context = std::task::Context::from_waker(std::task::Waker::noop());
            let _ = leaves.poll_next_unpin(&mut context);
            drop(leaves);
        });
        let publisher = hub.clone();
        let publishing = thread::spawn(move || publish(&publisher, "a", "1"));
        assert_eq!(next(&mut stays), "1");
        leaving.join().unwrap();
        publishing.join().unwrap();
        assert_eq!(hub.subscribers("a"), 1);
    });
}

#[test]
fn a_reader_sees_each_event_or_a_gap_whenever_events_come_and_go() {
    explore(None, || {
        // With room for a single event.
        let hub = Hub::builder().replay(Duration::from_secs(60), 1).build();
        let begin = LastEventId::from(hub.position());
        let mut events = hub.subscribe("a").resume(Some(begin)).announce(false);
        let publisher = hub.clone();
        let publishing = thread::spawn(move || {
            publish(&publisher, "a", "1");
            publish(&publisher, "a", "2");
        });
        let mut seen = Vec::new();
        while seen.last().is_none_or(|last| last != "2") {
            seen.push(next(&mut events));
        }
        publishing.join().unwrap();
        let seen: Vec<&str> = seen.iter().map(String::as_str).collect();
        let expected = [&["1", "2"][..], &["overflow", "2"], &["evicted", "2"]];
        assert!(expected.contains(&&seen[..]), "{seen:?}");
        let mut late = hub.subscribe("a").start(Start::Earliest).announce(false);
        assert_eq!(next(&mut late), "2");
    });
}

#[test]
fn whoever_waits_is_ended_whenever_a_drain_begins_which_resolves_when_they_are_gone() {
    explore(Some(3), || {
        let hub = Hub::new();
        let mut events = hub.subscribe("a").announce(false);
        let draining = hub.clone();
        let drain = thread::spawn(move || {
            drain(&draining);
            assert_eq!(draining.subscribers("a"), 0);
        });
        let farewell = block_on(events.next()).expect("it says farewell");
        assert!(farewell.fields().retry.is_some());
        assert!(block_on(events.next()).is_none());
        drain.join().unwrap();
    });
}

#[test]
fn one_who_leaves_while_the_hub_is_drained_keeps_the_drain_from_nothing() {
    explore(Some(3), || {
        let hub = Hub::new();
        let events = hub.subscribe("a");
        let leaving = thread::spawn(move || drop(events));
        drain(&hub);
        assert_eq!(hub.subscribers("a"), 0);
        leaving.join().unwrap();
    });
}

#[test]
fn one_who_comes_while_the_hub_is_drained_is_sent_away() {
    explore(Some(3), || {
        let hub = Hub::new();
        let draining = hub.clone();
        let drain = thread::spawn(move || drain(&draining));
        let mut events = hub.subscribe("a").announce(false);
        let farewell = block_on(events.next()).expect("it says farewell");
        assert!(farewell.fields().retry.is_some() && block_on(events.next()).is_none());
        drain.join().unwrap();
    });
}

fn end(hub: &Hub, tag: &str) {
    block_on(hub.end(tag, Event::data("the last"))).expect("it is recorded");
}

#[test]
fn whoever_is_ended_is_woken_and_sees_nothing_that_is_published_after_it() {
    explore(Some(3), || {
        let hub = Hub::new();
        let mut events = hub.subscribe("a").announce(false).tag("user:7");
        let ending = thread::spawn(move || {
            publish(&hub, "a", "before");
            end(&hub, "user:7");
            assert_eq!(hub.subscribers("a"), 0);
            publish(&hub, "a", "after");
        });
        let mut seen = next(&mut events);
        if seen == "before" {
            seen = next(&mut events);
        }
        assert_eq!(seen, "the last");
        assert!(block_on(events.next()).is_none());
        ending.join().unwrap();
    });
}

#[test]
fn one_that_leaves_gets_a_tag_or_is_made_while_its_tag_is_ended_leaves_the_hub_once() {
    explore(Some(3), || {
        let hub = Hub::new();
        let old = hub.subscribe("a").tag("user:7");
        let other = hub.clone();
        let ending = thread::spawn(move || end(&other, "user:7"));
        let new = hub.subscribe("a").tag("user:7");
        drop(old);
        ending.join().unwrap();
        let left = hub.subscribers("a");
        assert!(left <= 1);
        drop(new);
        assert_eq!(hub.subscribers("a"), 0);
    });
}

#[test]
fn topics_that_come_and_go_while_the_tag_is_ended_are_left_once() {
    explore(Some(3), || {
        let hub = Hub::new();
        let mut events = hub.subscribe(["a", "b"]).announce(false).tag("user:7");
        let other = hub.clone();
        let ending = thread::spawn(move || end(&other, "user:7"));
        events.add("c").expect("it is a topic");
        events.remove("a");
        ending.join().unwrap();
        assert_eq!(["a", "b", "c"].map(|topic| hub.subscribers(topic)), [0; 3]);
        assert_eq!(next(&mut events), "the last");
    });
}

#[test]
fn several_that_are_published_as_one_resolve_to_the_last_of_them_whoever_else_publishes() {
    explore(Some(3), || {
        let hub = Hub::new();
        let other = hub.clone();
        let publishing = thread::spawn(move || publish(&other, "a", "1"));
        let several = ["2", "3"].map(|data| ("b", Event::data(data)));
        let id = block_on(hub.publish_all(several)).expect("published").to_string();
        publishing.join().unwrap();
        let mut events = hub.subscribe("b").start(Start::Earliest).announce(false);
        assert_eq!(next(&mut events), "2");
        let last = block_on(events.next()).expect("the last of them");
        assert_eq!(last.fields().id, Some(&*id));
    });
}
