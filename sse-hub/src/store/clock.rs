//! The time of day, which, unlike an `Instant`, is valid across processes.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Returns the time in milliseconds since 1970.
pub(crate) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// Returns how long ago this time was: zero, if the clock was set back to before it.
pub(crate) fn passed(time: u64) -> Duration {
    Duration::from_millis(now().saturating_sub(time))
}
