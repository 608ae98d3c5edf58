//! What is measured of each server.

mod burst;
mod fairness;
mod fan_out;
mod latency;
mod memory;

use crate::Result;
use crate::contender::{CONTENDERS, Contender};
use crate::machine::Pinning;
use crate::process::Server;
use crate::report::Results;

pub(crate) const CPU: &str = "ns of CPU per event";
pub(crate) const LAST: &str = "µs until the last client has them";
pub(crate) const PING: &str = "µs until a ping is answered, the median";
pub(crate) const BYTES: &str = "bytes per connection";
pub(crate) const MICROSECONDS: &str = "µs";

/// How thoroughly to measure, and which cases.
#[derive(Clone, Debug)]
pub struct Options {
    pub runs: usize,
    pub quick: bool,
    pub only: Option<String>,
    pub pinning: Pinning,
    pub files: usize,
}

/// Measures all that is wanted.
pub fn measure(options: &Options) -> Result<Results> {
    let mut bench = Bench { options, results: Results::default() };
    let frameworks = || CONTENDERS.chunk_by(|a, b| a.subject.framework == b.subject.framework);
    for contenders in frameworks() {
        burst::measure(&mut bench, contenders)?;
    }
    let live =
        [fan_out::measure, fairness::measure, memory::stalled, memory::idle, latency::measure];
    for workload in live {
        for contenders in frameworks() {
            let live = contenders.iter().filter(|contender| contender.is_live);
            workload(&mut bench, &live.copied().collect::<Vec<_>>())?;
        }
    }
    Ok(bench.results)
}

struct Bench<'a> {
    options: &'a Options,
    results: Results,
}

impl Bench<'_> {
    /// Measures the cases, if one of them is wanted, each with its unit and its value in each run. The
    /// contenders run A B A B …, so that what changes on the machine meanwhile changes for all. Each run has
    /// a server of its own, since where its memory comes to lie makes a tenth of difference.
    fn compare<S, const CASES: usize>(
        &mut self,
        contenders: &[Contender],
        cases: [(&str, &str); CASES],
        runs: usize,
        start: impl Fn(&Contender) -> Result<S>,
        run: impl Fn(&mut S) -> Result<[f64; CASES]>,
    ) -> Result {
        let is_wanted =
            |case| contenders.iter().any(|contender| self.options.wants(case, contender));
        if !cases.iter().any(|(case, _)| is_wanted(case)) {
            return Ok(());
        }
        for _ in 0..runs {
            for contender in contenders {
                let values = run(&mut start(contender)?)?;
                for ((case, unit), value) in cases.iter().zip(values) {
                    self.results.add(contender.subject, case, unit, value);
                }
            }
        }
        Ok(())
    }
}

impl Options {
    fn wants(&self, case: &str, contender: &Contender) -> bool {
        let name = format!("{}/{}", case.replacen(", ", "/", 1), contender.subject.framework);
        self.only.as_ref().is_none_or(|only| name.to_lowercase().contains(&only.to_lowercase()))
    }

    fn start(&self, contender: &Contender) -> Result<Server> {
        Server::start(contender.server, self.pinning)
    }

    /// As many of these connections as client and server may open, each beside others.
    fn connections(&self, wanted: usize) -> usize {
        let possible = self.files.saturating_sub(100) / 2;
        if possible < wanted {
            eprintln!(
                "note: {possible} connections in place of {wanted}: the system allows no more"
            );
        }
        wanted.min(possible)
    }

    /// A fifth, for a first look.
    fn at_most(&self, wanted: usize) -> usize {
        if self.quick { wanted / 5 } else { wanted }
    }
}
