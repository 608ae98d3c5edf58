//! What is measured of each server.

mod burst;
mod fairness;
mod fan_out;
mod idle;
mod latency;
mod stalled;

use crate::Result;
use crate::contender::{Contender, FRAMEWORKS, Framework};
use crate::machine::Pinning;
use crate::process::Server;
use crate::report::{Group, Results};

/// How thoroughly to measure, and which rows.
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
    let mut results = Results::default();
    for framework in FRAMEWORKS {
        burst::measure(&framework, options, &mut results)?;
    }
    for framework in FRAMEWORKS {
        fan_out::measure(&framework, options, &mut results)?;
    }
    for framework in FRAMEWORKS {
        fairness::measure(&framework, options, &mut results)?;
    }
    for framework in FRAMEWORKS {
        stalled::measure(&framework, options, &mut results)?;
    }
    for framework in FRAMEWORKS {
        idle::measure(&framework, options, &mut results)?;
    }
    for framework in FRAMEWORKS {
        latency::measure(&framework, options, &mut results)?;
    }
    Ok(results)
}

impl Options {
    fn wants(&self, group: &Group) -> bool {
        let name = group.to_string();
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
}

/// The contenders that stream what is made as time goes by.
fn live(framework: &Framework) -> Vec<Contender> {
    framework.contenders.iter().filter(|contender| contender.is_live).copied().collect()
}

/// Runs A B A B …, so that what changes on the machine meanwhile changes for both.
fn alternate<S, T>(
    runs: usize,
    subjects: &mut [S],
    mut run: impl FnMut(&mut S) -> Result<T>,
) -> Result<Vec<Vec<T>>> {
    let mut results: Vec<Vec<T>> = subjects.iter().map(|_| Vec::new()).collect();
    for _ in 0..runs {
        for (subject, results) in subjects.iter_mut().zip(&mut results) {
            results.push(run(subject)?);
        }
    }
    Ok(results)
}
