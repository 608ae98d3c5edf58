//! Values that only their owner uses.

use std::sync::{Mutex, PoisonError};

/// Is `Sync` for every `T` that is `Send`, since a shared reference to it gives no access to the
/// value. The mutex is never locked.
pub(crate) struct SyncWrapper<T>(Mutex<T>);

impl<T> SyncWrapper<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }

    pub(crate) fn into_inner(self) -> T {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn get_mut(&mut self) -> &mut T {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner)
    }
}
