//! Connections whose clients stopped reading a stream that has more for them.

use std::thread::sleep;
use std::time::Duration;

use super::{Options, alternate, live};
use crate::Result;
use crate::client::Connection;
use crate::contender::Framework;
use crate::process::Server;
use crate::report::{Group, Results};
use crate::statistics::per;

/// Of events of 1 KiB.
const ENDLESS: &str = "/endless/1024";

const CONNECTIONS: usize = 200;

/// Memory varies little.
const MAX_RUNS: usize = 3;

pub(super) fn measure(framework: &Framework, options: &Options, results: &mut Results) -> Result {
    let group = Group {
        workload: "stalled",
        case: "memory".to_owned(),
        framework: framework.name,
        unit: "bytes per connection",
    };
    if !options.wants(&group) {
        return Ok(());
    }
    let mut contenders = live(framework);
    let runs = alternate(options.runs.min(MAX_RUNS), &mut contenders, |contender| {
        memory(&options.start(contender)?)
    })?;
    results.add(&group, &contenders, &runs);
    Ok(())
}

/// The memory per connection, in bytes, when all that fits is on its way.
fn memory(server: &Server) -> Result<f64> {
    // The first connection also makes what all share.
    drop(Connection::open(server.port, ENDLESS)?);
    sleep(Duration::from_millis(100));
    let before = server.memory()?;
    let connections = (0..CONNECTIONS).map(|_| Connection::open(server.port, ENDLESS));
    let connections: Vec<_> = connections.collect::<Result<_>>()?;
    while is_working(server)? {}
    Ok(per(server.memory()? - before, connections.len()))
}

fn is_working(server: &Server) -> Result<bool> {
    let before = server.cpu_time()?;
    sleep(Duration::from_millis(300));
    Ok(server.cpu_time()? - before > 1_000_000)
}
