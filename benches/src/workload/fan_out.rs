//! Events that many connections receive at the same time.

use super::{Options, alternate, live};
use crate::Result;
use crate::client::{Audience, Publishing};
use crate::contender::Framework;
use crate::report::{Group, Results};

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
        let audiences = contenders.iter().map(|contender| {
            let server = options.start(contender)?;
            let mut audience = Audience::new(server, "/fan-out", Publishing::ByPath)?;
            audience.grow(connections)?;
            Ok(audience)
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
