//! The locks and atomics of the standard library, or those of loom, which tries every order in which threads
//! can run.

#[cfg(not(sse_hub_loom))]
pub(crate) use std::sync::{
    Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard, atomic::AtomicBool,
};

#[cfg(sse_hub_loom)]
pub(crate) use loom::sync::{
    Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard, atomic::AtomicBool,
};
