//! What is measured of each server.

use crate::contenders::{CONTENDERS, Contender};
use crate::page::{CPU, KIB, LAST};
use crate::start::Peers;
use benches::Result;
use benches::client::{Audience, Connection, Control};
use benches::contender::Role;
use benches::report::Results;
use benches::statistics::per;

/// How many listen at the same time.
const AUDIENCES: [usize; 2] = [1_000, 10_000];

/// How many events are published at once.
const BATCHES: [usize; 2] = [1, 20];

/// How many events reach clients in a run, at least those of one round.
const DELIVERIES: usize = 100_000;

/// How many clients read nothing, and how many events they don't read: fewer than a hub keeps.
const STALLED: usize = 100;
const UNREAD: usize = 3_000;

/// How thoroughly to measure, and whom.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) passes: usize,
    pub(crate) only: Option<String>,
    pub(crate) peers: Peers,
}

/// Measures all contenders, pass by pass: what changes on the machine meanwhile changes for all.
pub(crate) fn measure(options: &Options, results: &mut Results) -> Result {
    for pass in 1..=options.passes {
        for contender in CONTENDERS.iter().filter(|contender| options.wants(contender)) {
            eprintln!("pass {pass}: {}", contender.subject.name);
            measure_live(contender, options, results)?;
            // The floor keeps nothing that a client doesn't read.
            if contender.subject.role != Role::Floor {
                let kept = stalled(contender, options)?;
                results.add(contender.subject, "a stalled client", KIB, kept / 1024.0);
            }
        }
    }
    Ok(())
}

impl Options {
    fn wants(&self, contender: &Contender) -> bool {
        let name = contender.subject.name.to_lowercase();
        self.only.as_ref().is_none_or(|only| name.contains(&only.to_lowercase()))
    }

    fn audience(&self, contender: &Contender) -> Result<Audience> {
        let server = self.peers.start(contender)?;
        Audience::new(server, contender.path, contender.publishing)
    }
}

fn measure_live(contender: &Contender, options: &Options, results: &mut Results) -> Result {
    let mut audience = options.audience(contender)?;
    audience.grow(1)?;
    let before = audience.server.memory()?;
    for clients in AUDIENCES {
        audience.grow(clients)?;
        if Some(&clients) == AUDIENCES.last() {
            let memory = audience.server.memory()?.saturating_sub(before);
            results.add(contender.subject, "an idle client", KIB, per(memory, clients) / 1024.0);
        }
        for batch in BATCHES {
            let rounds = (DELIVERIES / (clients * batch)).max(1);
            let [cpu, last] = audience.run(batch, rounds)?;
            let case = format!("{clients} clients, {batch} a wake");
            results.add(contender.subject, &case, CPU, cpu / 1000.0);
            results.add(contender.subject, &case, LAST, last / 1000.0);
        }
    }
    Ok(())
}

/// Returns how much more memory the server needs, for each client that reads nothing.
fn stalled(contender: &Contender, options: &Options) -> Result<f64> {
    let server = options.peers.start(contender)?;
    let mut control = Control::open(server.port, contender.publishing)?;
    let clients = (0..STALLED).map(|_| Connection::stalled(server.port, contender.path));
    let clients = clients.collect::<Result<Vec<_>>>()?;
    control.publish(1)?;
    let before = server.memory()?;
    for _ in 0..UNREAD / 10 {
        control.publish(10)?;
    }
    let memory = server.memory()?.saturating_sub(before);
    Ok(per(memory, clients.len()))
}
