//! One event a millisecond, and how long each is under way.

use std::time::{Duration, SystemTime};

use super::{Options, alternate, live};
use crate::Result;
use crate::client::{Connection, buffer};
use crate::contender::Framework;
use crate::process::Server;
use crate::report::{Group, Results};

const EVENTS: usize = 1000;

pub(super) fn measure(framework: &Framework, options: &Options, results: &mut Results) -> Result {
    let group = |case: &str| Group {
        workload: "latency",
        case: case.to_owned(),
        framework: framework.name,
        unit: "µs",
    };
    if !options.wants(&group("p50")) && !options.wants(&group("p99")) {
        return Ok(());
    }
    let contenders = live(framework);
    let servers = contenders.iter().map(|contender| options.start(contender));
    let mut servers: Vec<_> = servers.collect::<Result<_>>()?;
    let events = if options.quick { EVENTS / 5 } else { EVENTS };
    let runs = alternate(options.runs, &mut servers, |server| latencies(server, events))?;
    for (case, percent) in [("p50", 50), ("p99", 99)] {
        let microseconds = |run: &Vec<Duration>| run[run.len() * percent / 100].as_secs_f64() * 1e6;
        let figures: Vec<Vec<_>> =
            runs.iter().map(|runs| runs.iter().map(microseconds).collect()).collect();
        results.add(&group(case), &contenders, &figures);
    }
    Ok(())
}

/// How long each event was under way, in rising order.
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
    latencies.sort_unstable();
    Ok(latencies)
}

fn sent_at(line: &str) -> Option<Duration> {
    let nanoseconds = line.strip_prefix("data:")?.trim_start().parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}
