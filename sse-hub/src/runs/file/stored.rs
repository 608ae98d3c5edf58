//! The runs that a folder holds, and giving back the space of all others.
//!
//! Only the oldest segments can be deleted. So once the folder holds more useless records than useful ones, the oldest
//! runs that are still of use are copied to the newest segment.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::time::Instant;

use super::entry;
use crate::runs::record::Record;
use crate::runs::registry::Registry;
use crate::store::Store;
use crate::store::clock::now;

pub(super) struct StoredRuns {
    /// By the numbers of the records with their beginnings.
    runs: BTreeMap<u64, Weak<Record>>,
    segment_bytes: u64,
    /// By how much the folder exceeded what is in use after runs were last copied.
    excess: u64,
}

impl StoredRuns {
    pub(super) fn new(runs: &[(u64, Arc<Record>)], segment_bytes: u64) -> Self {
        let runs = runs.iter().map(|(first, record)| (*first, Arc::downgrade(record)));
        Self { runs: runs.collect(), segment_bytes, excess: 0 }
    }

    pub(super) fn insert(&mut self, first: u64, record: &Arc<Record>) {
        self.runs.insert(first, Arc::downgrade(record));
    }

    pub(super) fn evict(&mut self, registry: &Registry, store: &mut Store) -> io::Result<()> {
        self.give_back(registry, store)?;
        // As it is in memory, where an event takes more than twice as much as here.
        let in_use = registry.totals.bytes.load(Ordering::Relaxed) as u64;
        if store.bytes() <= in_use + self.excess + 2 * self.segment_bytes {
            return Ok(());
        }
        // Copies each run once at most.
        for _ in 0..self.runs.len() {
            if store.bytes() <= in_use + self.segment_bytes {
                break;
            }
            self.copy_oldest(registry, store)?;
            self.give_back(registry, store)?;
        }
        self.excess = store.bytes().saturating_sub(in_use);
        Ok(())
    }

    /// Deletes the oldest segments, up to the first that a run still needs.
    fn give_back(&mut self, registry: &Registry, store: &mut Store) -> io::Result<()> {
        while let Some(oldest) = self.runs.first_entry() {
            if oldest.get().upgrade().is_some_and(|record| registry.holds(&record)) {
                break;
            }
            oldest.remove();
        }
        let through = self.runs.first_key_value().map_or(store.last(), |(first, _)| first - 1);
        store.evict(through).map_err(io::Error::other)
    }

    /// Copies the oldest run to the newest segment.
    fn copy_oldest(&mut self, registry: &Registry, store: &mut Store) -> io::Result<()> {
        let Some((&former, run)) = self.runs.first_key_value() else { return Ok(()) };
        let Some(record) = run.upgrade() else { return Ok(()) };
        if store.is_full() {
            store.begin_segment(&[]).map_err(io::Error::other)?;
        }
        let first = copy(&record, registry.limits.keep, store);
        store
            .commit()
            .map_err(|error| io::Error::new(error.source().kind(), "a run was not copied"))?;
        self.runs.remove(&former);
        self.insert(first, &record);
        Ok(())
    }
}

fn copy(record: &Record, keep: Duration, store: &mut Store) -> u64 {
    let (run, (after, events, end)) = (record.seal, record.copy());
    let first = store.push(|bytes| entry::write_begin(bytes, after, run, &record.id));
    for (sequence, event) in (after + 1..).zip(&events) {
        store.push(|bytes| entry::write_event(bytes, run, sequence, event));
    }
    if let Some(end) = end {
        let left = record.kept_until().map(|until| until.saturating_duration_since(Instant::now()));
        let ago = keep.saturating_sub(left.unwrap_or(keep));
        let time = now().saturating_sub(u64::try_from(ago.as_millis()).unwrap_or(u64::MAX));
        store.push(|bytes| entry::write_end(bytes, run, time, &end));
    }
    first
}
