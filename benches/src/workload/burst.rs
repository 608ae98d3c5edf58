//! Events that are all there at once, on one connection.

use std::time::Duration;

use super::{Bench, CPU};
use crate::Result;
use crate::client::{Connection, Tally, buffer, check};
use crate::contender::Contender;
use crate::kind::Kind;
use crate::process::Server;
use crate::statistics::per;

/// The first bursts: one whose every byte is looked at, one that tells how many to send.
const CHECKED: usize = 3_000;
const TRIED: usize = 20_000;

pub(super) fn measure(bench: &mut Bench<'_>, contenders: &[Contender]) -> Result {
    let options = bench.options;
    let cpu = Duration::from_millis(if options.quick { 50 } else { 350 });
    for kind in Kind::ALL {
        let case = format!("burst, {}", kind.name());
        bench.compare(
            contenders,
            [(&case, CPU)],
            options.runs,
            |contender| Burst::warmed_up(options.start(contender)?, kind, cpu),
            |burst| Ok([burst.run()?]),
        )?;
    }
    Ok(())
}

struct Burst {
    server: Server,
    kind: Kind,
    count: usize,
    /// What each burst begins and ends with.
    expected: Tally,
}

impl Burst {
    /// A burst that takes about so much CPU time, of a server whose events are right.
    fn warmed_up(server: Server, kind: Kind, cpu: Duration) -> Result<Self> {
        let mut content = Vec::new();
        let path = format!("/burst/{}/{CHECKED}", kind.index());
        receive(&server, &path, |part| content.extend_from_slice(part))?;
        check(&content, kind, CHECKED)?;
        let mut expected = Tally::default();
        expected.add(&content);
        let mut burst = Self { server, kind, count: TRIED, expected };
        let nanoseconds = burst.run()?;
        burst.count = count(cpu, nanoseconds);
        Ok(burst)
    }

    /// The CPU time per event, in nanoseconds.
    fn run(&self) -> Result<f64> {
        let before = self.server.cpu_time()?;
        let path = format!("/burst/{}/{}", self.kind.index(), self.count);
        let mut tally = Tally::default();
        receive(&self.server, &path, |part| tally.add(part))?;
        let time = self.server.cpu_time()? - before;
        self.verify(&tally)?;
        Ok(per(time, self.count))
    }

    fn verify(&self, tally: &Tally) -> Result {
        let lines = self.count * self.kind.data().split('\n').count();
        if tally.lines != lines {
            return Err(format!("{} of {lines} lines of data", tally.lines).into());
        }
        if !tally.has_edges_of(&self.expected) {
            return Err(format!("another content than at first: {tally:?}").into());
        }
        Ok(())
    }
}

/// How many events take so much CPU time.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some millions")]
fn count(cpu: Duration, nanoseconds: f64) -> usize {
    (cpu.as_secs_f64() * 1e9 / nanoseconds) as usize / 1000 * 1000 + 1000
}

fn receive(server: &Server, path: &str, mut content: impl FnMut(&[u8])) -> Result {
    let mut buffer = buffer();
    let mut connection = Connection::open(server.port, path)?;
    while !connection.is_done() {
        connection.read(&mut buffer, &mut content)?;
    }
    Ok(())
}
