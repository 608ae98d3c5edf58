//! Events that many connections receive at the same time.

use super::{Bench, CPU, LAST};
use crate::Result;
use crate::client::{Audience, Publishing};
use crate::contender::Contender;

const CONNECTIONS: usize = 1000;

/// As many times as the other rows: a wake is short, so its time varies the most.
const MORE_RUNS: usize = 3;

pub(super) fn measure(bench: &mut Bench<'_>, contenders: &[Contender]) -> Result {
    let options = bench.options;
    let [one, twenty] = ["fan-out, 1 a wake", "fan-out, 20 a wake"];
    bench.compare(
        contenders,
        [(one, CPU), (one, LAST), (twenty, CPU), (twenty, LAST)],
        options.runs * MORE_RUNS,
        |contender| {
            let server = options.start(contender)?;
            let mut audience = Audience::new(server, "/fan-out", Publishing::ByPath)?;
            audience.grow(options.connections(CONNECTIONS))?;
            Ok(audience)
        },
        |audience| {
            let [cpu, last] = audience.run(1, options.at_most(60))?;
            let [cpu_of_twenty, last_of_twenty] = audience.run(20, options.at_most(20))?;
            Ok([cpu, last, cpu_of_twenty, last_of_twenty])
        },
    )
}
