//! A file that marks the folder while records are committed without a sync. If the machine has been restarted since,
//! records that were confirmed may be gone.

use std::io;
use std::path::Path;

use super::{Layer, StoreError};

const MARK: &str = "unsynced";
/// A mark that is being written.
const UNFINISHED: &str = "unsynced.new";
/// Equals no start of a machine.
const UNKNOWN: &str = "unknown";

/// Sets the mark, which names this start of the machine. Even if the process is killed meanwhile, the mark is there
/// either whole or not at all.
pub(super) fn set(layer: &dyn Layer, folder: &Path) -> Result<(), StoreError> {
    let (mark, unfinished) = (folder.join(MARK), folder.join(UNFINISHED));
    let boot = layer.boot();
    let set = || {
        write(layer, &unfinished, boot.as_deref().unwrap_or(UNKNOWN))?;
        layer.rename(&unfinished, &mark)?;
        layer.sync_folder(folder)
    };
    set().map_err(StoreError::io("write", &mark))
}

/// Returns whether records may be gone.
pub(super) fn has_lost(layer: &dyn Layer, folder: &Path) -> Result<bool, StoreError> {
    match layer.read(&folder.join(MARK)) {
        Ok(mark) => Ok(layer.boot().is_none_or(|boot| boot.as_bytes() != mark)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(StoreError::io("read", &folder.join(MARK))(error)),
    }
}

/// Has the next start take records for gone.
pub(super) fn distrust(layer: &dyn Layer, folder: &Path) {
    // In place, since a part of the text is enough. If this fails too, the old mark still reveals a restart of the
    // machine.
    let _ = write(layer, &folder.join(MARK), UNKNOWN);
}

pub(super) fn clear(layer: &dyn Layer, folder: &Path) -> Result<(), StoreError> {
    let path = folder.join(MARK);
    let removed = match layer.remove(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        removed => removed.and_then(|()| layer.sync_folder(folder)),
    };
    removed.map_err(StoreError::io("delete", &path))
}

fn write(layer: &dyn Layer, path: &Path, text: &str) -> io::Result<()> {
    let mut file = layer.create(path)?;
    file.append(text.as_bytes())?;
    file.sync()
}
