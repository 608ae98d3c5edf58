//! Events that many connections receive at the same time.

use std::time::Instant;

use super::{Options, alternate, live};
use crate::Result;
use crate::client::{Buffer, Connection, Control, Tally, buffer};
use crate::contender::{Contender, Framework};
use crate::process::Server;
use crate::report::{Group, Results};
use crate::statistics::per;

const CONNECTIONS: usize = 1000;

/// Ours, from a hub in place of a broadcast channel.
const HUB: &str = "sse-hub";

/// How many events are published at once, and how often.
const BATCHES: [(usize, usize); 2] = [(1, 60), (20, 20)];

pub(super) fn measure(framework: &Framework, options: &Options, results: &mut Results) -> Result {
    let connections = options.connections(CONNECTIONS);
    for (batch, rounds) in BATCHES {
        let group = Group {
            workload: "fan-out",
            case: format!("{batch} a wake"),
            framework: framework.name,
            unit: "ns of CPU per event",
        };
        if !options.wants(&group) {
            continue;
        }
        let rounds = if options.quick { rounds / 5 } else { rounds };
        let mut contenders = live(framework);
        contenders.push(Contender { name: HUB, ..contenders[0] });
        let audiences = contenders.iter().map(|contender| {
            let path = if contender.name == HUB { "/hub" } else { "/fan-out" };
            Audience::subscribed(options.start(contender)?, path, connections)
        });
        let mut audiences: Vec<_> = audiences.collect::<Result<_>>()?;
        let runs = alternate(options.runs, &mut audiences, |them| them.run(batch, rounds))?;
        let figure = |at: usize| -> Vec<Vec<f64>> {
            runs.iter().map(|runs| runs.iter().map(|run| run[at]).collect()).collect()
        };
        results.add(&group, &contenders, &figure(0));
        let unit = "µs until the last client has them";
        results.add(&Group { unit, ..group }, &contenders, &figure(1));
    }
    Ok(())
}

struct Audience {
    server: Server,
    control: Control,
    listeners: Vec<Listener>,
    buffer: Buffer,
    published: usize,
}

struct Listener {
    connection: Connection,
    tally: Tally,
}

impl Audience {
    fn subscribed(server: Server, path: &str, connections: usize) -> Result<Self> {
        let mut buffer = buffer();
        let listener = |_| Listener::subscribed(server.port, path, &mut buffer);
        let listeners = (0..connections).map(listener);
        let listeners = listeners.collect::<Result<_>>()?;
        let control = Control::open(server.port)?;
        let mut audience = Self { server, control, listeners, buffer, published: 0 };
        audience.round(1)?;
        Ok(audience)
    }

    /// The CPU time per event that a client received, in nanoseconds, and the time from
    /// publishing until the last client has what was published, in microseconds.
    fn run(&mut self, batch: usize, rounds: usize) -> Result<[f64; 2]> {
        let (before, begin) = (self.server.cpu_time()?, Instant::now());
        for _ in 0..rounds {
            self.round(batch)?;
        }
        let time = self.server.cpu_time()? - before;
        let cpu = per(time, batch * rounds * self.listeners.len());
        let microseconds = u64::try_from(begin.elapsed().as_micros())?;
        Ok([cpu, per(microseconds, rounds)])
    }

    fn round(&mut self, batch: usize) -> Result {
        self.control.publish(batch)?;
        self.published += batch;
        for listener in &mut self.listeners {
            listener.receive(self.published, &mut self.buffer)?;
        }
        Ok(())
    }
}

impl Listener {
    fn subscribed(port: u16, path: &str, buffer: &mut Buffer) -> Result<Self> {
        let connection = Connection::open(port, path)?;
        let mut listener = Self { connection, tally: Tally::default() };
        while !listener.connection.has_head() {
            listener.read(buffer)?;
        }
        Ok(listener)
    }

    fn receive(&mut self, published: usize, buffer: &mut Buffer) -> Result {
        while self.tally.lines < published || !self.tally.is_between_events() {
            self.read(buffer)?;
        }
        if self.tally.lines > published {
            return Err("more events than were published".into());
        }
        Ok(())
    }

    fn read(&mut self, buffer: &mut Buffer) -> Result {
        self.connection.read(buffer, |part| self.tally.add(part))
    }
}
