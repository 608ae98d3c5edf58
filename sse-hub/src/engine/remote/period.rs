//! What is published between one flush and the next.

use std::sync::{Arc, OnceLock};

use tokio::sync::oneshot;

use super::status::Status;

/// Each outcome that isn't told yet holds its period, and each period holds the next one. So when a period is dropped, all
/// outcomes in it and before it have been told.
pub(super) struct Period {
    pub(super) status: Arc<Status>,
    end: OnceLock<End>,
}

struct End {
    /// Dropped when everything before it has its outcome.
    _flush: oneshot::Sender<()>,
    next: Arc<Period>,
}

impl Period {
    pub(super) fn new(status: Arc<Status>) -> Self {
        Self { status, end: OnceLock::new() }
    }

    /// Ends the period, which can be done once. Returns the next one, and a signal that this one is dropped.
    pub(super) fn end(&self) -> (Arc<Self>, oneshot::Receiver<()>) {
        let next = Arc::new(Self::new(Arc::clone(&self.status)));
        let (flush, flushed) = oneshot::channel();
        let end = End { _flush: flush, next: Arc::clone(&next) };
        assert!(self.end.set(end).is_ok(), "a period ends once");
        (next, flushed)
    }
}

impl Drop for Period {
    fn drop(&mut self) {
        let mut end = self.end.take();
        // In a loop: if each dropped the next one, a long chain would overflow the stack.
        while let Some(End { next, .. }) = end {
            end = Arc::into_inner(next).and_then(|mut next| next.end.take());
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot::Receiver;
    use tokio::sync::oneshot::error::TryRecvError;

    use super::*;

    fn first() -> Arc<Period> {
        Arc::new(Period::new(Arc::new(Status::new())))
    }

    #[test]
    fn a_flush_is_told_when_nothing_before_it_is_left_in_whatever_order_that_goes() {
        let mut held = vec![first()];
        let mut flushes = Vec::new();
        for _ in 0..3 {
            let (next, flush) = held[held.len() - 1].end();
            held.push(next);
            flushes.push(flush);
        }
        let mut are_told = || {
            let is_told = |flush: &mut Receiver<()>| flush.try_recv() == Err(TryRecvError::Closed);
            flushes.iter_mut().map(is_told).collect::<Vec<_>>()
        };
        drop(held.remove(1));
        assert_eq!(are_told(), [false, false, false]);
        drop(held.remove(0));
        assert_eq!(are_told(), [true, true, false]);
        drop(held);
        assert_eq!(are_told(), [true, true, true]);
    }

    #[test]
    fn however_many_there_are_they_are_dropped_without_much_stack() {
        let first = first();
        let mut last = Arc::clone(&first);
        for _ in 0..1_000_000 {
            last = last.end().0;
        }
        let status = Arc::clone(&first.status);
        drop((last, first));
        assert_eq!(Arc::strong_count(&status), 1);
    }
}
