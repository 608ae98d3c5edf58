//! The memory that a connection takes on which nothing happens, or whose client stopped reading a stream that
//! has more for it.

use std::thread::sleep;
use std::time::Duration;

use super::{BYTES, Bench};
use crate::Result;
use crate::client::{Connection, Tally, buffer};
use crate::contender::Contender;
use crate::process::Server;
use crate::statistics::per;

const IDLE: usize = 5000;
const STALLED: usize = 200;

/// Memory varies little.
const MAX_RUNS: usize = 3;

pub(super) fn idle(bench: &mut Bench<'_>, contenders: &[Contender]) -> Result {
    let connections = bench.options.connections(bench.options.at_most(IDLE));
    measure(bench, contenders, "idle", connections, |port| {
        let mut buffer = buffer();
        let mut connection = Connection::open(port, "/idle")?;
        let mut tally = Tally::default();
        while tally.lines == 0 {
            connection.read(&mut buffer, |part| tally.add(part))?;
        }
        Ok(connection)
    })
}

/// Of events of 1 KiB, without end.
pub(super) fn stalled(bench: &mut Bench<'_>, contenders: &[Contender]) -> Result {
    let open = |port| Connection::open(port, "/endless/1024");
    measure(bench, contenders, "stalled", STALLED, open)
}

fn measure(
    bench: &mut Bench<'_>,
    contenders: &[Contender],
    case: &str,
    connections: usize,
    open: impl Fn(u16) -> Result<Connection>,
) -> Result {
    let options = bench.options;
    bench.compare(
        contenders,
        [(case, BYTES)],
        options.runs.min(MAX_RUNS),
        |contender| options.start(contender),
        |server| Ok([memory(server, connections, &open)?]),
    )
}

/// The memory per connection, when all that fits is on its way.
fn memory(
    server: &Server,
    connections: usize,
    open: impl Fn(u16) -> Result<Connection>,
) -> Result<f64> {
    // The first connection also makes what all share.
    drop(open(server.port)?);
    sleep(Duration::from_millis(100));
    let before = server.memory()?;
    let opened: Vec<_> = (0..connections).map(|_| open(server.port)).collect::<Result<_>>()?;
    while is_working(server)? {}
    Ok(per(server.memory()?.saturating_sub(before), opened.len()))
}

fn is_working(server: &Server) -> Result<bool> {
    let before = server.cpu_time()?;
    sleep(Duration::from_millis(300));
    Ok(server.cpu_time()? - before > 1_000_000)
}
