//! What this process has taken of the machine.

use std::fs::read_to_string;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// The time that this thread has spent on a processor.
#[must_use]
pub fn thread_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.try_into().expect("it is not negative")
}

/// The memory of this process that is in use, in bytes.
#[must_use]
pub fn resident() -> usize {
    let sizes = read_to_string("/proc/self/statm").expect("Linux");
    let pages: Option<usize> = sizes.split(' ').nth(1).and_then(|pages| pages.parse().ok());
    pages.expect("pages") * 4096
}
