//! A mark in the folder while records are committed without a sync. If the machine has been started
//! anew since then, records that were confirmed may be gone.

use std::io;
use std::path::Path;

use super::{Layer, StoreError};

const MARK: &str = "unsynced";
/// Stands for no start of a machine.
const UNKNOWN: &str = "unknown";

/// Sets the mark, with which start of the machine this is.
pub(super) fn set(layer: &dyn Layer, folder: &Path) -> Result<(), StoreError> {
    let boot = layer.boot();
    write(layer, folder, boot.as_deref().unwrap_or(UNKNOWN))
        .map_err(StoreError::io("write", &folder.join(MARK)))
}

/// Whether records may be gone.
pub(super) fn has_lost(layer: &dyn Layer, folder: &Path) -> Result<bool, StoreError> {
    match layer.read(&folder.join(MARK)) {
        Ok(mark) => Ok(layer.boot().is_none_or(|boot| boot.as_bytes() != mark)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(StoreError::io("read", &folder.join(MARK))(error)),
    }
}

/// Makes the next start believe that records are gone.
pub(super) fn distrust(layer: &dyn Layer, folder: &Path) {
    // If this fails too, a crash of the machine is still noticed.
    let _ = write(layer, folder, UNKNOWN);
}

pub(super) fn clear(layer: &dyn Layer, folder: &Path) -> Result<(), StoreError> {
    let path = folder.join(MARK);
    let removed = match layer.remove(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        removed => removed.and_then(|()| layer.sync_folder(folder)),
    };
    removed.map_err(StoreError::io("delete", &path))
}

fn write(layer: &dyn Layer, folder: &Path, text: &str) -> io::Result<()> {
    let mut file = layer.create(&folder.join(MARK))?;
    file.append(text.as_bytes())?;
    file.sync()?;
    layer.sync_folder(folder)
}
