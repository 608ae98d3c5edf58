//! A subscription that ends at a set time.

use std::time::Duration;

use futures::FutureExt as _;
use sse_hub::{Hub, Resumed};
use sse_runtime::Event;
use tokio::time::{Instant, advance};

use super::reading::{Line, ended, next, now, read};
use super::{last, publish};

const SOON: Duration = Duration::from_secs(60);

fn expired() -> Event {
    Event::data("sign in again").event("expired")
}

fn is_last(line: &Line) -> bool {
    line.id.is_none() && line.event.as_deref() == Some("expired")
}

#[tokio::test(start_paused = true)]
async fn a_subscription_ends_at_its_time_with_the_last_event_and_without_an_id() {
    let hub = Hub::new();
    let begin = Instant::now();
    let events = hub.subscribe("a").announce(false).until(begin + SOON, expired().id("7"));
    let lines = read(events).await;
    assert!(lines.len() == 1 && is_last(&lines[0]), "{lines:?}");
    assert_eq!(begin.elapsed().as_secs(), SOON.as_secs());
    assert_eq!(hub.subscribers("a"), 0);
}

#[tokio::test(start_paused = true)]
async fn from_then_on_nothing_else_is_sent_however_much_was_waiting() {
    let hub = Hub::new();
    let mut events = hub.subscribe("a").until(Instant::now() + SOON, expired());
    let first = publish(&hub, "a", "1").await;
    assert_eq!(next(&mut events).await.id, Some(super::reading::id(first, 0).to_string()));
    publish(&hub, "a", "2").await;
    advance(SOON).await;
    let lines = now(&mut events);
    assert!(lines.len() == 1 && is_last(&lines[0]) && ended(&mut events).await, "{lines:?}");
    let mut back = hub.subscribe("a").resume(last(&super::reading::id(first, 0))).announce(false);
    assert_eq!(now(&mut back).len(), 2, "what it has not seen is there");
}

#[tokio::test(start_paused = true)]
async fn a_time_that_is_over_ends_a_subscription_before_its_opening_and_its_gap() {
    let hub = Hub::new();
    for lost in [None, last(&"of another hub")] {
        let mut events = hub.subscribe("a").resume(lost).until(Instant::now(), expired());
        let lines = now(&mut events);
        assert!(lines.len() == 1 && is_last(&lines[0]), "{lines:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn asking_how_it_resumed_changes_nothing_about_the_end() {
    let hub = Hub::new();
    let mut events = hub.subscribe("a").until(Instant::now() + SOON, expired());
    assert_eq!(events.resumed().await, Resumed::Fresh);
    advance(SOON).await;
    assert_eq!(events.resumed().await, Resumed::Fresh);
    assert!(is_last(&next(&mut events).await) && ended(&mut events).await);
}

#[tokio::test(start_paused = true)]
async fn the_time_that_was_set_last_counts_and_needs_no_runtime_to_be_set() {
    let hub = Hub::new();
    let begin = Instant::now();
    let events = std::thread::spawn({
        let hub = hub.clone();
        move || hub.subscribe("a").until(begin, expired()).until(begin + SOON, expired())
    });
    let mut events = events.join().unwrap().announce(false);
    assert!(events.next().now_or_never().is_none());
    advance(SOON).await;
    assert_eq!(now(&mut events).len(), 1);
}
