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
    while !connection.is_done() {
        let mut content = Vec::new();
        connection.read(&mut buffer, |part| content.extend_from_slice(part))?;
        let now = SystemTime::UNIX_EPOCH.elapsed()?;
        let times = str::from_utf8(&content)?.lines().filter_map(sent_at);
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
