//! What this process has used.

use std::fs;
use std::time::Duration;

use crate::Result;

/// How long it has been running on a processor.
pub(crate) fn cpu_time() -> Result<Duration> {
    let line = fs::read_to_string("/proc/self/schedstat")?;
    let nanoseconds = line.split(' ').next().ok_or("a time")?;
    Ok(Duration::from_nanos(nanoseconds.parse()?))
}

/// The memory that it takes.
pub(crate) fn resident_bytes() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("a size")?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kilobytes * 1024)
}
