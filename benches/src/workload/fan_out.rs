//! Events that many connections receive at the same time.

use super::{Bench, CPU, LAST};
use crate::Result;
use crate::client::{Audience, Publishing};
use crate::contender::Contender;

const CONNECTIONS: usize = 1000;

/// How many events are published at once, and how often.
const BATCHES: [(usize, usize); 2] = [(1, 60), (20, 20)];

pub(super) fn measure(bench: &mut Bench<'_>, contenders: &[Contender]) -> Result {
    let options = bench.options;
    for (batch, rounds) in BATCHES {
        let case = format!("fan-out, {batch} a wake");
        bench.compare(
            contenders,
            [(&case, CPU), (&case, LAST)],
            options.runs,
            |contender| {
                let server = options.start(contender)?;
                let mut audience = Audience::new(server, "/fan-out", Publishing::ByPath)?;
                audience.grow(options.connections(CONNECTIONS))?;
                Ok(audience)
            },
            |audience| audience.run(batch, options.at_most(rounds)),
        )?;
    }
    Ok(())
}
