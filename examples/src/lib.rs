//! What the servers in `bin/{rocket,axum,actix,hyper}.rs` share: the stream itself.

use sse_runtime::{Event, EventStream, LastEventId};
use tokio::time::{Duration, interval};

/// Counts the seconds, on from where a client left off.
pub fn count(last: Option<LastEventId>) -> EventStream![] {
    let last: u64 = last.and_then(|id| id.as_str().parse().ok()).unwrap_or(0);
    EventStream!({
        let mut every_second = interval(Duration::from_secs(1));
        for n in last.saturating_add(1)..=u64::MAX {
            every_second.tick().await;
            yield Event::data(format_args!("{n} s")).id(n);
        }
    })
}

/// A page that shows the stream at `/events`.
pub const PAGE: &str = include_str!("page.html");

/// Port 8000 of this machine alone, unless `PORT` is set; for Rocket, which has settings of its
/// own, `ROCKET_PORT`.
#[must_use]
pub fn address() -> String {
    let port = std::env::var("PORT").unwrap_or_else(|_| "8000".to_owned());
    format!("127.0.0.1:{port}")
}
