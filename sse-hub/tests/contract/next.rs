//! A future of the next event.

use std::pin::Pin;
use std::task::{Context, Waker};

use futures::FutureExt as _;
use futures::future::FusedFuture;
use sse_hub::{Hub, Next, TopicsError};

use super::publish;
use super::reading::{Line, ended};

#[tokio::test]
async fn it_resolves_to_the_next_event_and_then_to_the_end() {
    let hub = Hub::new();
    let mut events = hub.subscribe("a").announce(false);
    let id = publish(&hub, "a", "1").await;
    assert_eq!(Line::of(&events.next().await.unwrap()), Line::event(id, "1"));
    let mut refused = hub.subscribe("");
    assert!(refused.next().await.is_some() && refused.next().await.is_none());
}

#[tokio::test]
async fn it_can_be_dropped_at_any_time_and_nothing_is_lost() {
    let hub = Hub::new();
    let mut events = hub.subscribe("a").announce(false);
    for _ in 0..3 {
        assert!(events.next().now_or_never().is_none());
    }
    let id = publish(&hub, "a", "1").await;
    drop(events.next());
    assert_eq!(Line::of(&events.next().await.unwrap()), Line::event(id, "1"));
}

#[test]
fn it_resolves_once() {
    fn moves<T: FusedFuture + Send + Unpin>(_: &T) {}
    let hub = Hub::new();
    let mut events = hub.subscribe("a");
    let mut next: Next<'_> = events.next();
    moves(&next);
    let mut context = Context::from_waker(Waker::noop());
    assert!(!next.is_terminated());
    assert!(Pin::new(&mut next).poll(&mut context).is_ready() && next.is_terminated());
    assert!(Pin::new(&mut next).poll(&mut context).is_pending());
    assert!(format!("{next:?}").starts_with("Next"));
}

#[tokio::test]
async fn a_handler_can_see_that_topics_are_not_valid() {
    let hub = Hub::new();
    assert_eq!(hub.subscribe("a").error(), None);
    let mut events = hub.subscribe(["a", ""]);
    assert_eq!(events.error(), Some(TopicsError::Empty));
    assert!(events.next().await.is_some() && ended(&mut events).await);
    assert_eq!(events.error(), Some(TopicsError::Empty), "also at its end");
}
