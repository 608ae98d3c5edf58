//! Why a store can't be opened, or a record can't be added.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{fmt, io};

/// Why a store can't be opened or continued. What it displays names the file or the folder.
#[derive(Debug)]
pub(crate) enum StoreError {
    /// Another store has the folder open, in this process or in another.
    InUse(PathBuf),
    NotAFolder(PathBuf),
    Io {
        doing: &'static str,
        path: PathBuf,
        error: io::Error,
    },
    /// A later version of this crate wrote it.
    Newer {
        file: PathBuf,
        version: u32,
    },
    /// The folder is one of runs, and this is a hub, or the other way around.
    OtherKind {
        file: PathBuf,
        what: &'static str,
    },
    Damaged {
        file: PathBuf,
        at: u64,
        what: &'static str,
    },
}

impl StoreError {
    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |error| Self::Io { doing, path: path.to_owned(), error }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InUse(folder) => {
                write!(f, "{}: the folder is in use by another hub or other runs", folder.display())
            }
            Self::NotAFolder(path) => write!(f, "{}: not a folder", path.display()),
            Self::Io { doing, path, error } => {
                write!(f, "{}: could not {doing}: {error}", path.display())
            }
            Self::Newer { file, version } => write!(
                f,
                "{}: written by a later version of sse-hub, in format {version}",
                file.display()
            ),
            Self::OtherKind { file, what } => write!(f, "{}: {what}", file.display()),
            Self::Damaged { file, at, what } => {
                write!(f, "{}: damaged at byte {at}: {what}", file.display())
            }
        }
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Io { error, .. } => Some(error),
            _ => None,
        }
    }
}

/// Why records could not be committed, and what has become of them.
#[derive(Debug)]
pub(crate) enum CommitError {
    /// They are not in the log, and never will be.
    Refused(io::Error),
    /// They could not be removed either. If the process ends before another segment is begun, the next
    /// process may find them.
    Unknown(io::Error),
}

impl CommitError {
    pub(crate) fn source(&self) -> &io::Error {
        let (Self::Refused(error) | Self::Unknown(error)) = self;
        error
    }
}
