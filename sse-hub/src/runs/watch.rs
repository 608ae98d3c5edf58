//! Ending runs that take too long, or that nobody reads. A task of its own for each run, so that it works even if a
//! poll of the stream blocks.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout};

use super::record::Record;
use super::registry::Registry;
use super::state::End;

/// Starts the task, if there is anything to watch for.
pub(super) fn start(registry: &Arc<Registry>, record: &Arc<Record>) {
    let limits = &registry.limits;
    if limits.max_duration.is_some() || limits.abandon_after.is_some() {
        let watch = watch(Arc::clone(registry), Arc::clone(record));
        record.abort_at_end(tokio::spawn(watch).abort_handle());
    }
}

async fn watch(registry: Arc<Registry>, record: Arc<Record>) {
    let limits = &registry.limits;
    let abandoned = abandoned(&record, registry.abandon_after());
    let end = match limits.max_duration {
        Some(longest) => timeout(longest, abandoned).await.unwrap_or_else(|_| too_long()),
        None => abandoned.await,
    };
    registry.end_anyway(&record, end).await;
}

fn too_long() -> End {
    End::failed("it took longer than `max_duration`")
}

/// How often to look, at most.
const MIN_INTERVAL: Duration = Duration::from_millis(10);

/// Resolves when nobody has been reading the run for this long.
async fn abandoned(record: &Record, after: Option<Duration>) -> End {
    let Some(after) = after else { return pending().await };
    let after = after.max(MIN_INTERVAL);
    loop {
        // If somebody reads, the time begins now at the earliest.
        let since = record.unread_since();
        let Some(end) = since.unwrap_or_else(Instant::now).checked_add(after) else {
            return pending().await;
        };
        if since.is_some() && end <= Instant::now() {
            return End::STOPPED;
        }
        sleep_until(end).await;
    }
}
