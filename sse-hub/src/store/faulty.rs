//! A disk that fails when a test wants it to, and loses what wasn't synced when the power fails.

use std::any::Any;
use std::collections::HashMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

use super::{Layer, LogFile, Os};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Lock,
    Names,
    Read,
    Create,
    Open,
    Append,
    Sync,
    Truncate,
    Rename,
    Remove,
    SyncFolder,
}

/// A handle to a disk, which all clones share.
#[derive(Clone, Default)]
pub(crate) struct Disk(Arc<(Mutex<State>, Condvar)>);

#[derive(Default)]
struct State {
    /// Calls that fail, how, and how often.
    failing: Vec<(Call, ErrorKind, usize)>,
    /// How many bytes can still be written, if the disk is small.
    room: Option<usize>,
    /// How much of each file is on the disk.
    synced: HashMap<PathBuf, u64>,
    boots: usize,
    /// Whether syncs wait.
    stands_still: bool,
    calls: Vec<Call>,
}

impl Disk {
    /// Lets this call fail from now on.
    pub(crate) fn fail(&self, call: Call, kind: ErrorKind) {
        self.state().failing.push((call, kind, usize::MAX));
    }

    /// Lets the next such call fail.
    pub(crate) fn fail_once(&self, call: Call, kind: ErrorKind) {
        self.state().failing.push((call, kind, 1));
    }

    /// Lets nothing fail from now on.
    pub(crate) fn mend(&self) {
        let mut state = self.state();
        state.failing.clear();
        state.room = None;
    }

    /// Lets only this many more bytes be written.
    pub(crate) fn leave_room(&self, bytes: usize) {
        self.state().room = Some(bytes);
    }

    /// Sets whether syncs wait from now on.
    pub(crate) fn stand_still(&self, stands_still: bool) {
        self.state().stands_still = stands_still;
        self.0.1.notify_all();
    }

    /// Cuts off what wasn't synced, as if the machine had been switched off and on.
    pub(crate) fn lose_power(&self) {
        let mut state = self.state();
        state.boots += 1;
        for (path, &len) in &state.synced {
            if path.exists() {
                let file = fs::OpenOptions::new().write(true).open(path).unwrap();
                file.set_len(len).unwrap();
            }
        }
    }

    /// Returns how often this call was made.
    pub(crate) fn calls(&self, call: Call) -> usize {
        self.state().calls.iter().filter(|&&made| made == call).count()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.0.lock().unwrap()
    }

    fn check(&self, call: Call) -> io::Result<()> {
        let mut state = self.state();
        state.calls.push(call);
        match state.failing.iter_mut().find(|(failing, _, left)| *failing == call && *left > 0) {
            None => Ok(()),
            Some((_, kind, left)) => {
                *left -= 1;
                Err((*kind).into())
            }
        }
    }

    fn file(&self, path: &Path, file: Box<dyn LogFile>) -> Box<dyn LogFile> {
        Box::new(FaultyFile { disk: self.clone(), path: path.to_owned(), file })
    }
}

impl Layer for Disk {
    fn lock(&self, path: &Path) -> io::Result<Option<Box<dyn Any + Send>>> {
        self.check(Call::Lock)?;
        Os.lock(path)
    }

    fn names(&self, folder: &Path) -> io::Result<Vec<String>> {
        self.check(Call::Names)?;
        Os.names(folder)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.check(Call::Read)?;
        Os.read(path)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn LogFile>> {
        self.check(Call::Create)?;
        self.state().synced.insert(path.to_owned(), 0);
        Ok(self.file(path, Os.create(path)?))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn LogFile>> {
        self.check(Call::Open)?;
        Ok(self.file(path, Os.open(path)?))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.check(Call::Rename)?;
        let mut state = self.state();
        let synced = state.synced.remove(from).unwrap_or_default();
        state.synced.insert(to.to_owned(), synced);
        Os.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.check(Call::Remove)?;
        self.state().synced.remove(path);
        Os.remove(path)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.check(Call::SyncFolder)?;
        Os.sync_folder(folder)
    }

    fn boot(&self) -> Option<String> {
        Some(self.state().boots.to_string())
    }
}

struct FaultyFile {
    disk: Disk,
    path: PathBuf,
    file: Box<dyn LogFile>,
}

impl LogFile for FaultyFile {
    /// Writes what there is room for before it fails.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Err(error) = self.disk.check(Call::Append) {
            self.file.append(&bytes[..bytes.len() / 2])?;
            return Err(error);
        }
        let mut state = self.disk.state();
        let room = state.room.unwrap_or(usize::MAX);
        let fits = bytes.len().min(room);
        state.room = state.room.map(|room| room - fits);
        self.file.append(&bytes[..fits])?;
        if fits < bytes.len() { Err(ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn sync(&mut self) -> io::Result<()> {
        self.disk.check(Call::Sync)?;
        drop(self.disk.0.1.wait_while(self.disk.state(), |state| state.stands_still).unwrap());
        self.file.sync()?;
        let len = fs::metadata(&self.path)?.len();
        self.disk.state().synced.insert(self.path.clone(), len);
        Ok(())
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        self.disk.check(Call::Truncate)?;
        self.file.truncate(len)
    }
}
