//! What this process has taken of the machine.

use std::fs::read_to_string;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use crate::Result;

/// The time that this thread has spent on a processor.
#[must_use]
pub fn thread_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.try_into().expect("it is not negative")
}

/// The time that all threads of this process have spent on processors.
#[must_use]
pub fn process_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.try_into().expect("it is not negative")
}

/// The memory of this process that is in use, in bytes.
pub fn resident() -> Result<u64> {
    let sizes = read_to_string("/proc/self/statm")?;
    let pages: u64 = sizes.split(' ').nth(1).ok_or("no pages")?.parse()?;
    Ok(pages * 4096)
}
