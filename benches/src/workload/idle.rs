//! Connections on which nothing happens.

use super::{Options, alternate, live};
use crate::Result;
use crate::client::{Connection, Tally, buffer};
use crate::contender::Framework;
use crate::process::Server;
use crate::report::{Group, Results};
use crate::statistics::per;

const CONNECTIONS: usize = 5000;

/// Memory varies little.
const MAX_RUNS: usize = 3;

pub(super) fn measure(framework: &Framework, options: &Options, results: &mut Results) -> Result {
    let group = Group {
        workload: "idle",
        case: "memory".to_owned(),
        framework: framework.name,
        unit: "bytes per connection",
    };
    if !options.wants(&group) {
        return Ok(());
    }
    let wanted = if options.quick { CONNECTIONS / 5 } else { CONNECTIONS };
    let connections = options.connections(wanted);
    let mut contenders = live(framework);
    let runs = alternate(options.runs.min(MAX_RUNS), &mut contenders, |contender| {
        memory(&options.start(contender)?, connections)
    })?;
    results.add(&group, &contenders, &runs);
    Ok(())
}

/// The memory per connection, in bytes.
fn memory(server: &Server, connections: usize) -> Result<f64> {
    drop(open(server.port)?);
    let before = server.memory()?;
    let opened: Vec<_> = (0..connections).map(|_| open(server.port)).collect::<Result<_>>()?;
    let memory = server.memory()? - before;
    Ok(per(memory, opened.len()))
}

/// A connection that has received its event.
fn open(port: u16) -> Result<Connection> {
    let mut buffer = buffer();
    let mut connection = Connection::open(port, "/idle")?;
    let mut tally = Tally::default();
    while tally.lines == 0 {
        connection.read(&mut buffer, |part| tally.add(part))?;
    }
    Ok(connection)
}
