//! Events that many connections receive at the same time.

use super::{Options, alternate, live};
use crate::Result;
use crate::client::{Buffer, Connection, Control, Tally, buffer};
use crate::contender::Framework;
use crate::process::Server;
use crate::report::{Group, Results};
use crate::statistics::per;

const CONNECTIONS: usize = 1000;

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
        let contenders = live(framework);
        let servers = contenders.iter().map(|contender| options.start(contender));
        let audiences = servers.map(|server| Audience::subscribed(server?, connections));
        let mut audiences: Vec<_> = audiences.collect::<Result<_>>()?;
        let runs = alternate(options.runs, &mut audiences, |them| them.run(batch, rounds))?;
        results.add(&group, &contenders, &runs);
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
    fn subscribed(server: Server, connections: usize) -> Result<Self> {
        let mut buffer = buffer();
        let listeners = (0..connections).map(|_| Listener::subscribed(server.port, &mut buffer));
        let listeners = listeners.collect::<Result<_>>()?;
        let control = Control::open(server.port)?;
        let mut audience = Self { server, control, listeners, buffer, published: 0 };
        audience.round(1)?;
        Ok(audience)
    }

    /// The CPU time per event that a client received, in nanoseconds.
    fn run(&mut self, batch: usize, rounds: usize) -> Result<f64> {
        let before = self.server.cpu_time()?;
        for _ in 0..rounds {
            self.round(batch)?;
        }
        let time = self.server.cpu_time()? - before;
        Ok(per(time, batch * rounds * self.listeners.len()))
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
    fn subscribed(port: u16, buffer: &mut Buffer) -> Result<Self> {
        let connection = Connection::open(port, "/fan-out")?;
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
