//! The time of day, which goes on while no process runs.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Returns the time in milliseconds since 1970.
pub(super) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// Returns how long ago this was. A clock that was set back makes it later, but not later than now.
pub(super) fn passed(time: u64) -> Duration {
    Duration::from_millis(now().saturating_sub(time))
}
