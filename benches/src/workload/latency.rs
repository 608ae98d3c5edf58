//! One event a millisecond, and how long each is under way.

use std::time::{Duration, SystemTime};

use super::{Bench, MICROSECONDS};
use crate::Result;
use crate::client::{Connection, buffer};
use crate::contender::Contender;
use crate::process::Server;
use crate::statistics::percentile;

const EVENTS: usize = 1000;

pub(super) fn measure(bench: &mut Bench<'_>, contenders: &[Contender]) -> Result {
    let options = bench.options;
    bench.compare(
        contenders,
        ["latency, p50", "latency, p99"].map(|case| (case, MICROSECONDS)),
        options.runs,
        |contender| options.start(contender),
        |server| {
            let mut latencies = latencies(server, options.at_most(EVENTS))?;
            Ok([50, 99].map(|percent| percentile(&mut latencies, percent)))
        },
    )
}

/// How long each event was under way.
fn latencies(server: &mut Server, events: usize) -> Result<Vec<Duration>> {
    let mut buffer = buffer();
    let mut connection = Connection::open(server.port, &format!("/latency/{events}"))?;
    let mut latencies = Vec::with_capacity(events);
    let mut unread = Vec::new();
    while !connection.is_done() {
        connection.read(&mut buffer, |part| unread.extend_from_slice(part))?;
        let now = SystemTime::UNIX_EPOCH.elapsed()?;
        // A read may end within a line.
        let end = unread.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
        let lines: Vec<u8> = unread.drain(..end).collect();
        let times = str::from_utf8(&lines)?.lines().filter_map(sent_at);
        latencies.extend(times.map(|sent| now.saturating_sub(sent)));
    }
    if latencies.len() != events {
        return Err(format!("{} of {events} events", latencies.len()).into());
    }
    Ok(latencies)
}

fn sent_at(line: &str) -> Option<Duration> {
    let nanoseconds = line.strip_prefix("data:")?.trim_start().parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}
