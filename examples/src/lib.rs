//! What the examples share: where they listen, the head of their pages, and the stream of
//! `bin/{rocket,axum,actix,hyper}.rs`.

mod launch;
mod listen;

use sse_runtime::{Event, EventStream, LastEventId};
use tokio::time::{Duration, interval, sleep};
use tokio_util::sync::CancellationToken;

pub use crate::launch::launch;
pub use crate::listen::listen;

/// How long a server waits for its connections after ctrl-c.
pub const GRACE: Duration = Duration::from_secs(3);

/// The head that all pages share.
pub const HEAD: &str = include_str!("head.html");

/// A page, with that head.
#[macro_export]
macro_rules! page {
    ($file:literal) => {{
        static PAGE: std::sync::LazyLock<String> =
            std::sync::LazyLock::new(|| [$crate::HEAD, include_str!($file)].concat());
        PAGE.as_str()
    }};
}

/// A page that shows the stream at `/events`.
#[must_use]
pub fn counting_page() -> &'static str {
    page!("count.html")
}

/// Counts the seconds, continuing where a client left off.
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

/// Resolves when a server has had its time to end after the signal. The body of a client that has
/// stopped reading isn't polled, so its stream can't end, and the server would wait for it.
pub async fn overdue(shutdown: CancellationToken) {
    shutdown.cancelled().await;
    sleep(GRACE).await;
}
