//! Opening a store, and reading it back.

use std::collections::VecDeque;
use std::fs;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use super::segment::{Contents, Next, read_head, read_record, trim};
use super::{EXTENSION, Layer, Segment, Store, StoreError, UNFINISHED, unsynced};

/// How long the store waits for another one in the same folder, which may be about to end.
const LOCK_TIMEOUT: Duration = Duration::from_secs(2);

pub(crate) struct Options {
    /// What the log is for. A folder of another kind can't be opened.
    pub(crate) contents: Contents,
    /// From this size on, another segment has to begin.
    pub(crate) segment_bytes: u64,
    /// Whether to sync each commit.
    pub(crate) sync: bool,
    /// The ID of the log, if a new one begins.
    pub(crate) new_id: u64,
}

/// What is read back.
pub(crate) enum Item<'a> {
    /// Comes first: the log's ID, the number before its first record, and the notes of its oldest
    /// segment, which are empty in a new log.
    Begin {
        id: u64,
        before: u64,
        notes: &'a [u8],
    },
    Record {
        number: u64,
        payload: &'a [u8],
    },
}

impl Store {
    /// Opens the log in this folder, and passes what is in it to `read`, which returns `None` for
    /// what it can't read. The folder is created if its parent is there.
    pub(crate) fn open(
        folder: &Path,
        options: &Options,
        layer: Box<dyn Layer>,
        mut read: impl FnMut(Item<'_>) -> Option<()>,
    ) -> Result<Self, StoreError> {
        find_folder(folder, &*layer)?;
        let lock = lock(folder, &*layer)?;
        let mut store = Self {
            folder: folder.to_owned(),
            layer,
            id: options.new_id,
            contents: options.contents,
            segments: VecDeque::new(),
            file: None,
            len: 0,
            last: 0,
            pending: (Vec::new(), 0),
            segment_bytes: options.segment_bytes,
            notes: 0,
            sync: options.sync,
            is_distrusted: false,
            _lock: lock,
        };
        store.find_segments()?;
        store.read_back(&mut read)?;
        // Only now that segments with missing records are deleted.
        if store.sync {
            unsynced::clear(&*store.layer, folder)?;
        } else {
            unsynced::set(&*store.layer, folder)?;
        }
        Ok(store)
    }

    /// Finds the segments, and deletes those of a log of which records may be gone.
    fn find_segments(&mut self) -> Result<(), StoreError> {
        let names = self.layer.names(&self.folder);
        let names = names.map_err(StoreError::io("read", &self.folder))?;
        let mut firsts: Vec<u64> = names.iter().filter_map(|name| first(name)).collect();
        firsts.sort_unstable();
        if unsynced::has_lost(&*self.layer, &self.folder)? {
            for first in firsts.drain(..) {
                let path = self.path(first);
                self.layer.remove(&path).map_err(StoreError::io("delete", &path))?;
            }
        }
        if names.iter().any(|name| name == UNFINISHED) {
            let path = self.folder.join(UNFINISHED);
            self.layer.remove(&path).map_err(StoreError::io("delete", &path))?;
        }
        self.segments = firsts.into_iter().map(|first| Segment { first, bytes: 0 }).collect();
        Ok(())
    }

    fn read_back(
        &mut self,
        read: &mut dyn FnMut(Item<'_>) -> Option<()>,
    ) -> Result<(), StoreError> {
        if self.segments.is_empty() {
            self.begin_segment(&[])?;
        }
        self.last = self.segments[0].first - 1;
        for at in 0..self.segments.len() {
            self.read_segment(at, read)?;
        }
        Ok(())
    }

    fn read_segment(
        &mut self,
        at: usize,
        read: &mut dyn FnMut(Item<'_>) -> Option<()>,
    ) -> Result<(), StoreError> {
        let first = self.segments[at].first;
        let next = self.segments.get(at + 1).map(|next| next.first);
        let file = self.path(first);
        let bytes = self.layer.read(&file).map_err(StoreError::io("read", &file))?;
        self.segments[at].bytes = bytes.len() as u64;
        let head = read_head(self.contents, &file, &bytes)?;
        if at == 0 {
            self.id = head.id;
            let begin = Item::Begin { id: head.id, before: first - 1, notes: head.notes };
            read(begin).ok_or_else(|| damaged(&file, 0, "its notes can't be read"))?;
        }
        if head.id != self.id || head.first != first {
            return Err(damaged(&file, 0, "its name is that of another segment"));
        }
        self.notes = head.notes.len() as u64;
        match next {
            None => {
                let end = self.read_records(&file, trim(&bytes, head.end), head.end, None, read)?;
                self.continue_segment(&file, end as u64)
            }
            next => self.read_records(&file, &bytes, head.end, next, read).map(drop),
        }
    }

    /// Reads the records from this place on, up to the next segment's first. Returns where the last one ends. What
    /// comes after it was never confirmed.
    fn read_records(
        &mut self,
        file: &Path,
        bytes: &[u8],
        mut at: usize,
        next: Option<u64>,
        read: &mut dyn FnMut(Item<'_>) -> Option<()>,
    ) -> Result<usize, StoreError> {
        while next.is_none_or(|next| self.last + 1 < next) {
            match read_record(&bytes[at..], self.id, self.last + 1) {
                Next::Record(payload, len) => {
                    let record = Item::Record { number: self.last + 1, payload };
                    read(record).ok_or_else(|| damaged(file, at, "a record can't be read"))?;
                    self.last += 1;
                    at += len;
                }
                Next::End | Next::Incomplete if next.is_none() => break,
                Next::End | Next::Incomplete => {
                    return Err(damaged(file, at, "it ends before the next segment begins"));
                }
                Next::Damaged(what) => return Err(damaged(file, at, what)),
            }
        }
        Ok(at)
    }

    /// Cuts off what is incomplete, and syncs what was read: the process that wrote it may have ended before it could.
    fn continue_segment(&mut self, path: &Path, len: u64) -> Result<(), StoreError> {
        let open = || -> io::Result<_> {
            let mut file = self.layer.open(path)?;
            file.truncate(len)?;
            file.sync()?;
            Ok(file)
        };
        self.file = Some(open().map_err(StoreError::io("continue", path))?);
        self.len = len;
        Ok(())
    }
}

fn damaged(file: &Path, at: usize, what: &'static str) -> StoreError {
    StoreError::Damaged { file: file.to_owned(), at: at as u64, what }
}

/// Creates the folder, if its parent is there.
fn find_folder(folder: &Path, layer: &dyn Layer) -> Result<(), StoreError> {
    match fs::metadata(folder) {
        Ok(found) if found.is_dir() => Ok(()),
        Ok(_) => Err(StoreError::NotAFolder(folder.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let create = || {
                fs::create_dir(folder)?;
                let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
                layer.sync_folder(parent.unwrap_or(Path::new(".")))
            };
            create().map_err(StoreError::io("create the folder", folder))
        }
        Err(error) => Err(StoreError::io("open the folder", folder)(error)),
    }
}

fn lock(folder: &Path, layer: &dyn Layer) -> Result<Box<dyn std::any::Any + Send>, StoreError> {
    let path = folder.join("lock");
    let end = Instant::now() + LOCK_TIMEOUT;
    loop {
        match layer.lock(&path).map_err(StoreError::io("lock", &path))? {
            Some(lock) => return Ok(lock),
            None if Instant::now() > end => return Err(StoreError::InUse(folder.to_owned())),
            None => std::thread::sleep(Duration::from_millis(10)),
        }
    }
}

/// Parses the number in a segment's name.
fn first(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(EXTENSION)?;
    let first = digits.parse().ok()?;
    (digits.len() == 20 && first > 0).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_segments_are_taken_for_segments() {
        assert_eq!(first("00000000000000000012.log"), Some(12));
        for other in ["12.log", "lost+found", "lock", "00000000000000000000.log"] {
            assert_eq!(first(other), None, "{other}");
        }
        let name = super::super::path(Path::new("x"), 12);
        assert_eq!(first(name.file_name().unwrap().to_str().unwrap()), Some(12));
    }
}
