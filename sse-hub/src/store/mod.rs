//! A log of records in a folder, which survives its process. This module knows nothing of hubs.
//!
//! Records are numbered from 1 and appended to segments, files which are named for the number of their
//! first record. A segment begins with notes: whatever its owner needs to know of the records before
//! it, since the oldest segments are deleted. A segment appears under its name only when its head is on the
//! disk, and only the newest one is ever written to.
//!
//! A log has an ID. As long as it stays the same, a number stands for the same record. Where records that
//! were confirmed may be gone, a new log begins, with another ID and from number 1.
//!
//! We write segments of our own, because with many events in a commit nothing else is as fast. Measured on one disk, with
//! events of 200 bytes and every commit synced, in events a second:
//!
//! | events in a commit | append and `fdatasync` | segments | redb 4.6 | fjall 3.1 | `SQLite` (WAL) |
//! |---|---|---|---|---|---|
//! | 1 | 190 | 127 | 160 | 180 | 225 |
//! | 100 | 20,000 | 21,000 | 13,000 | 23,000 | 18,000 |
//! | 10,000 | 1,200,000–1,400,000 | 860,000 | 260,000 | 290,000 | 480,000 |
//!
//! A store of keys sorts, merges or balances what is sorted already, and deletes one by one what we
//! delete by the file.

pub(crate) mod clock;
mod error;
#[cfg(test)]
pub(crate) mod faulty;
mod layer;
mod open;
mod segment;
#[cfg(test)]
mod tests;
mod unsynced;

use std::any::Any;
use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};

pub(crate) use error::{CommitError, StoreError};
pub(crate) use layer::{Layer, LogFile, Os};
pub(crate) use open::{Item, Options};
pub(crate) use segment::Contents;

/// A log that is open to be appended to. The folder is locked as long as this exists.
pub(crate) struct Store {
    folder: PathBuf,
    layer: Box<dyn Layer>,
    id: u64,
    contents: Contents,
    /// Oldest first. Never empty.
    segments: VecDeque<Segment>,
    /// The newest segment. `None` if what is in it, and whether it is on the disk, can't be known:
    /// then another one has to begin.
    file: Option<Box<dyn LogFile>>,
    /// The size of the newest segment.
    len: u64,
    /// The number of the last record that was committed.
    last: u64,
    /// Records that wait to be committed, encoded, and how many they are.
    pending: (Vec<u8>, u64),
    segment_bytes: u64,
    /// The size of the newest segment's notes.
    notes: u64,
    sync: bool,
    /// Whether a sync has failed after records were confirmed without one.
    is_distrusted: bool,
    _lock: Box<dyn Any + Send>,
}

/// A file of the log.
struct Segment {
    /// The number of its first record.
    first: u64,
    /// Its size, once another one has begun.
    bytes: u64,
}

impl Store {
    /// Returns the number of the last record that was committed.
    pub(crate) fn last(&self) -> u64 {
        self.last
    }

    /// Returns the size of all segments.
    pub(crate) fn bytes(&self) -> u64 {
        let full = self.segments.iter().rev().skip(1).map(|segment| segment.bytes);
        full.sum::<u64>() + self.len
    }

    /// Adds a record, whose payload `write` appends, to what is committed next. Returns its number.
    pub(crate) fn push(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> u64 {
        let (bytes, count) = &mut self.pending;
        *count += 1;
        let number = self.last + *count;
        segment::write_record(bytes, self.id, number, write);
        number
    }

    /// Writes what was pushed, and syncs it. After an error none of it counts as written, and its
    /// numbers are given to other records.
    pub(crate) fn commit(&mut self) -> Result<(), CommitError> {
        let (mut bytes, count) = std::mem::take(&mut self.pending);
        let result = self.write(&bytes);
        if result.is_ok() {
            self.last += count;
            self.len += bytes.len() as u64;
        }
        bytes.clear();
        // What an unusually large batch took is given back.
        bytes.shrink_to(KEPT_BUFFER);
        self.pending = (bytes, 0);
        result
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), CommitError> {
        let sync = self.sync;
        let Some(file) = &mut self.file else {
            return Err(CommitError::Refused(io::Error::other("the segment can't be continued")));
        };
        let failure = match file.append(bytes) {
            Ok(()) if !sync => return Ok(()),
            Ok(()) => match file.sync() {
                Ok(()) => return Ok(()),
                Err(error) => Failure { error, of_sync: true },
            },
            Err(error) => Failure { error, of_sync: false },
        };
        self.take_back(failure)
    }

    /// Cuts off what was written before the failure.
    fn take_back(&mut self, Failure { error, of_sync }: Failure) -> Result<(), CommitError> {
        let Some(mut file) = self.file.take() else { return Err(CommitError::Refused(error)) };
        if file.truncate(self.len).and_then(|()| file.sync()).is_err() {
            return Err(CommitError::Unknown(error));
        }
        // After a failed sync, the system may take parts of the file for written that aren't.
        if !of_sync {
            self.file = Some(file);
        }
        Err(CommitError::Refused(error))
    }

    /// Returns whether another segment has to begin before anything is committed.
    pub(crate) fn is_full(&self) -> bool {
        // Large notes have to be worth their space.
        self.file.is_none() || self.len >= self.segment_bytes.max(4 * self.notes)
    }

    /// Begins another segment, with notes on all records up to the last one. Nothing may be pending.
    pub(crate) fn begin_segment(&mut self, notes: &[u8]) -> Result<(), StoreError> {
        if !self.sync {
            self.sync()?;
        }
        // From here on the new segment may exist, so nothing may be added to the old one.
        self.file = None;
        let (file, len) = self.create_segment(self.last + 1, notes)?;
        let before = std::mem::replace(&mut self.len, len);
        (self.file, self.notes) = (Some(file), notes.len() as u64);
        let first = self.last + 1;
        // A segment that has no records is replaced by the new one.
        match self.segments.back_mut() {
            Some(newest) if newest.first == first => {}
            newest => {
                if let Some(newest) = newest {
                    newest.bytes = before;
                }
                self.segments.push_back(Segment { first, bytes: 0 });
            }
        }
        Ok(())
    }

    fn create_segment(
        &self,
        first: u64,
        notes: &[u8],
    ) -> Result<(Box<dyn LogFile>, u64), StoreError> {
        let path = self.path(first);
        let unfinished = self.folder.join(UNFINISHED);
        let head = segment::write_head(self.contents, self.id, first, notes);
        let create = || {
            let mut file = self.layer.create(&unfinished)?;
            file.append(&head)?;
            file.sync()?;
            // Some systems don't rename a file that is open.
            drop(file);
            self.layer.rename(&unfinished, &path)?;
            self.layer.sync_folder(&self.folder)?;
            self.layer.open(&path)
        };
        let file = create().map_err(StoreError::io("begin a segment", &path))?;
        Ok((file, head.len() as u64))
    }

    /// Deletes the segments all of whose records are at or before this number. The newest stays.
    pub(crate) fn evict(&mut self, through: u64) -> Result<(), StoreError> {
        while self.segments.get(1).is_some_and(|next| next.first <= through.saturating_add(1)) {
            let oldest = self.path(self.segments[0].first);
            let remove = self.layer.remove(&oldest);
            // Synced one by one, so that a crash leaves no hole between segments.
            remove
                .and_then(|()| self.layer.sync_folder(&self.folder))
                .map_err(StoreError::io("delete", &oldest))?;
            self.segments.pop_front();
        }
        Ok(())
    }

    /// Syncs records that were committed without a sync. If that fails, the next start begins a new log.
    fn sync(&mut self) -> Result<(), StoreError> {
        let Some(file) = &mut self.file else { return Ok(()) };
        file.sync().map_err(|error| {
            unsynced::distrust(&*self.layer, &self.folder);
            self.is_distrusted = true;
            StoreError::io("sync", &self.folder)(error)
        })
    }

    /// Syncs everything, and frees the folder.
    pub(crate) fn close(mut self) -> Result<(), StoreError> {
        if self.sync {
            return Ok(());
        }
        self.sync()?;
        if self.is_distrusted { Ok(()) } else { unsynced::clear(&*self.layer, &self.folder) }
    }

    fn path(&self, first: u64) -> PathBuf {
        path(&self.folder, first)
    }
}

/// How much of the buffer is kept: enough for usual batches, which then allocate nothing.
const KEPT_BUFFER: usize = 4 << 20;

struct Failure {
    error: io::Error,
    of_sync: bool,
}

/// A segment whose head is being written.
const UNFINISHED: &str = "unfinished";
const EXTENSION: &str = ".log";

fn path(folder: &Path, first: u64) -> PathBuf {
    folder.join(format!("{first:020}{EXTENSION}"))
}
