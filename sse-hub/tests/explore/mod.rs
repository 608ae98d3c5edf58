//! Exploring orders of threads.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Runs the test in every order of its threads, as far as they interrupt each other at most so often.
pub(crate) fn explore(interruptions: Option<usize>, test: impl Fn() + Send + Sync + 'static) {
    let orders = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&orders);
    let mut model = loom::model::Builder::new();
    model.preemption_bound = interruptions;
    model.check(move || {
        counted.fetch_add(1, Ordering::Relaxed);
        test();
    });
    println!("{} orders", orders.load(Ordering::Relaxed));
}
