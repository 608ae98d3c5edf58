//! A stream from whose events a client can tell whether it goes on exactly where it was left.

use std::sync::atomic::Ordering;
use std::time::Duration;

use sse_runtime::{BoxEventStream, Event, EventStream, LastEventId};
use tokio::task::yield_now;
use tokio::time::sleep;

use super::streams::{CountsDrops, World};

/// After each page the stream rests, so that no later event brings the last one to the client.
pub const PAGE: usize = 500;

/// One in this many events fills a buffer.
const LARGE: usize = 64;

/// What the event of this number carries: of one line or two, small or larger than a buffer.
#[must_use]
pub fn data(number: usize) -> String {
    let padding = if number.is_multiple_of(LARGE) { 16 * 1024 } else { number * 7919 % 256 };
    let line = if number.is_multiple_of(3) { "\n" } else { " " };
    format!("{number}{line}{}", "x".repeat(padding))
}

/// The events after the one that the client has, up to the end of its page, some together and
/// some one by one; then a comment whenever told to go on.
pub(super) fn numbered(world: World, last: Option<LastEventId>) -> BoxEventStream<'static> {
    let last: usize = last.and_then(|id| id.as_str().parse().ok()).unwrap_or(0);
    let page = last / PAGE + 1;
    let numbered = EventStream!({
        let _held = CountsDrops::begin(&world);
        for number in last + 1..=page * PAGE {
            yield Event::data(data(number)).id(number.to_string());
            world.count.fetch_add(1, Ordering::SeqCst);
            match number % 16 {
                0 => sleep(Duration::from_millis(10)).await,
                8 => yield_now().await,
                _ => {}
            }
        }
        loop {
            world.go.notified().await;
            yield Event::comment("");
        }
    });
    if page.is_multiple_of(2) {
        return numbered.heartbeat(Duration::from_millis(20)).boxed();
    }
    numbered.boxed()
}
