//! Reading back the runs of a folder.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::time::Instant;

use super::entry::{self, Entry};
use crate::event;
use crate::runs::limits::Limits;
use crate::runs::log::Log;
use crate::runs::record::Record;
use crate::runs::registry::Registry;
use crate::runs::seal::Seal;
use crate::runs::state::End;
use crate::store::clock::passed;

/// All runs that have a beginning in the folder.
#[derive(Default)]
pub(super) struct Recovered {
    runs: HashMap<u64, RecoveredRun>,
}

struct RecoveredRun {
    /// The number of the record with its beginning.
    first: u64,
    id: Box<str>,
    seal: Seal,
    log: Log,
}

impl Recovered {
    /// Takes the record with this number. Returns `None` if it can't be read.
    pub(super) fn take(&mut self, limits: &Limits, number: u64, payload: &[u8]) -> Option<()> {
        let (run, entry) = entry::read(payload)?;
        if let Entry::Begin { after, seal, id } = entry {
            // A second beginning is that of a copy.
            self.runs.entry(run).or_insert_with(|| RecoveredRun::new(number, id, seal, after));
            return Some(());
        }
        // Without a beginning before it, the record belongs to a run that was removed or copied.
        let Some(found) = self.runs.get_mut(&run) else { return Some(()) };
        match entry {
            Entry::Event { sequence, event } => found.append(limits, sequence, event),
            Entry::End { time, end } => {
                let until = Instant::now().checked_add(limits.keep.saturating_sub(passed(time)));
                found.log.finish(end, until);
                Some(())
            }
            Entry::Withdraw => self.runs.remove(&run).map(drop),
            Entry::Begin { .. } => Some(()),
        }
    }

    /// Ends the runs that were running, since nobody produces them any more. Returns their seals.
    pub(super) fn lose_running(&mut self, limits: &Limits) -> Vec<Seal> {
        let until = Instant::now().checked_add(limits.keep);
        let ended = |run: &mut RecoveredRun| run.log.finish(End::LOST, until).map(|_| run.seal);
        self.runs.values_mut().filter_map(ended).collect()
    }

    /// Gives the registry the newest run with each ID, and returns them with the numbers of their beginnings.
    pub(super) fn hand_over(self, registry: &Registry) -> Vec<(u64, Arc<Record>)> {
        let mut runs: Vec<_> = self.runs.into_values().collect();
        runs.sort_unstable_by_key(|run| run.first);
        let record = |run: RecoveredRun| {
            (run.first, Arc::new(registry.record(&run.id, run.seal).with_log(run.log)))
        };
        let runs: Vec<_> = runs.into_iter().map(record).collect();
        registry.restore(runs.iter().map(|(_, record)| record));
        runs
    }
}

impl RecoveredRun {
    fn new(first: u64, id: &str, seal: Seal, after: u64) -> Self {
        let mut log = Log::default();
        drop(log.skip_to(after));
        Self { first, id: id.into(), seal, log }
    }

    /// Adds an event, unless it is a copy.
    fn append(&mut self, limits: &Limits, sequence: u64, event: sse_runtime::Event) -> Option<()> {
        if sequence > self.log.last() + 1 {
            return None;
        }
        if sequence == self.log.last() + 1 {
            self.log.append(event::with_id(event, self.seal.id(sequence)).into_shared());
            while self.log.evict(limits.max_bytes).is_some() {}
        }
        Some(())
    }
}
