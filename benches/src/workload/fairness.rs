//! How long others wait while some clients read without end, as fast as they can.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::{Bench, PING};
use crate::Result;
use crate::client::{Connection, Control, Publishing, buffer};
use crate::contender::Contender;
use crate::process::Server;
use crate::statistics::Summary;

const PINGS: usize = 60;

pub(super) fn measure(bench: &mut Bench<'_>, contenders: &[Contender]) -> Result {
    let options = bench.options;
    for readers in [0, 10] {
        let case = format!("fairness, {readers} readers");
        bench.compare(
            contenders,
            [(&case, PING)],
            options.runs,
            |contender| options.start(contender),
            |server| Ok([ping(server, readers, options.at_most(PINGS))?]),
        )?;
    }
    Ok(())
}

/// The median, in microseconds, of pings that are sent while so many clients read.
fn ping(server: &Server, readers: usize, pings: usize) -> Result<f64> {
    let connections = (0..readers).map(|_| Connection::open(server.port, "/endless/1"));
    let mut connections: Vec<_> = connections.collect::<Result<_>>()?;
    let mut control = Control::open(server.port, Publishing::ByPath)?;
    let is_done = AtomicBool::new(false);
    thread::scope(|scope| {
        let reading =
            scope.spawn(|| read_all(&mut connections, &is_done).map_err(|e| e.to_string()));
        let times = (0..pings).map(|_| time(&mut control)).collect::<Result<Vec<_>>>();
        is_done.store(true, Ordering::Relaxed);
        reading.join().map_err(|_| "the readers panicked")??;
        Ok(Summary::of(&times?).median)
    })
}

fn read_all(connections: &mut [Connection], is_done: &AtomicBool) -> Result {
    let mut buffer = buffer();
    while !is_done.load(Ordering::Relaxed) && !connections.is_empty() {
        for connection in &mut *connections {
            connection.discard(&mut buffer)?;
        }
    }
    Ok(())
}

/// The pause lets each ping come at another point of the server's round.
fn time(control: &mut Control) -> Result<f64> {
    thread::sleep(Duration::from_micros(1700));
    let begin = Instant::now();
    control.ping()?;
    Ok(begin.elapsed().as_secs_f64() * 1e6)
}
