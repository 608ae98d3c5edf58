//! Connections that all receive the same events.

use std::time::Instant;

use super::{Buffer, Connection, Control, Publishing, Tally, buffer};
use crate::Result;
use crate::process::Server;
use crate::statistics::per;

/// A server and all who listen to it.
#[derive(Debug)]
pub struct Audience {
    pub server: Server,
    control: Control,
    path: &'static str,
    listeners: Vec<Listener>,
    buffer: Buffer,
    published: usize,
}

#[derive(Debug)]
struct Listener {
    connection: Connection,
    tally: Tally,
    /// What had been published when it came.
    before: usize,
}

impl Audience {
    /// Nobody, at first.
    pub fn new(server: Server, path: &'static str, publishing: Publishing) -> Result<Self> {
        let control = Control::open(server.port, publishing)?;
        let (listeners, buffer) = (Vec::new(), buffer());
        Ok(Self { server, control, path, listeners, buffer, published: 0 })
    }

    /// Lets more come, until there are so many, and publishes one event that all of them receive.
    pub fn grow(&mut self, connections: usize) -> Result {
        while self.listeners.len() < connections {
            let connection = Connection::open(self.server.port, self.path)?;
            let listener = Listener::subscribed(connection, self.published, &mut self.buffer)?;
            self.listeners.push(listener);
        }
        self.round(1)
    }

    /// The CPU time per event that a client received, in nanoseconds, and the time from
    /// publishing until the last client has what was published, in microseconds.
    pub fn run(&mut self, batch: usize, rounds: usize) -> Result<[f64; 2]> {
        let (before, begin) = (self.server.cpu_time()?, Instant::now());
        for _ in 0..rounds {
            self.round(batch)?;
        }
        let microseconds = u64::try_from(begin.elapsed().as_micros())?;
        let time = self.server.cpu_time()? - before;
        let cpu = per(time, batch * rounds * self.listeners.len());
        Ok([cpu, per(microseconds, rounds)])
    }

    /// Publishes events, and waits until all have them.
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
    fn subscribed(connection: Connection, before: usize, buffer: &mut Buffer) -> Result<Self> {
        let mut listener = Self { connection, tally: Tally::default(), before };
        while !listener.connection.has_head() {
            listener.read(buffer)?;
        }
        listener.connection.never_sleep()?;
        Ok(listener)
    }

    fn receive(&mut self, published: usize, buffer: &mut Buffer) -> Result {
        let expected = published - self.before;
        while self.tally.lines < expected || !self.tally.is_between_events() {
            self.read(buffer)?;
        }
        if self.tally.lines > expected {
            return Err("more events than were published".into());
        }
        Ok(())
    }

    fn read(&mut self, buffer: &mut Buffer) -> Result {
        self.connection.read(buffer, |part| self.tally.add(part))
    }
}
