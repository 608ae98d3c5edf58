//! What coalescing and compression cost and save: `src/bin/`, a program each.

use std::fs::read_to_string;
use std::time::Duration;

/// The time that this thread has spent on a processor.
///
/// # Panics
///
/// If this is not Linux.
#[must_use]
pub fn thread_time() -> Duration {
    let times = read_to_string("/proc/thread-self/schedstat").expect("Linux");
    let time = times.split(' ').next().and_then(|time| time.parse().ok());
    Duration::from_nanos(time.expect("nanoseconds"))
}

/// The memory of this process that is in use, in bytes.
///
/// # Panics
///
/// If this is not Linux.
#[must_use]
pub fn resident() -> usize {
    let sizes = read_to_string("/proc/self/statm").expect("Linux");
    let pages: Option<usize> = sizes.split(' ').nth(1).and_then(|pages| pages.parse().ok());
    pages.expect("pages") * 4096
}
