//! What threads share, of the standard library or of loom, which explores all orders of threads.

#[cfg(not(sse_runtime_loom))]
pub(super) use std::sync::{Mutex, MutexGuard, atomic::AtomicBool, atomic::Ordering};

#[cfg(sse_runtime_loom)]
pub(super) use loom::sync::{Mutex, MutexGuard, atomic::AtomicBool, atomic::Ordering};
