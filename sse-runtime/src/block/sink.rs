//! The sink: where the events of the block that is being polled go.
//!
//! A `yield` can't know who polls its block, so whoever polls it sets the sink of this thread
//! for as long as the poll lasts. A stream that is polled as such gives its events one by one,
//! through the slot. A body lends its batch, so that events are encoded where they are yielded
//! and the block suspends only when the batch is full.
//!
//! A block polled within another block has a slot, whatever the outer one has. What the outer
//! one had is put back afterwards, even after a panic.
//!
//! The batch stays in this thread, and is begun anew for each body: to move it in and out of the body
//! took 250 instructions. A single cell, whose enum owns the event or the batch, would rule out states
//! that can't occur, but it is moved as a whole in each poll: a `ping` in the slot cost 460 instructions
//! in place of 199. Without `FullSlot`, when the slot itself was asked whether it is full, it cost 230.

use std::cell::{Cell, RefCell};

use crate::event::Event;
use crate::wire::Batch;

thread_local! {
    static THREAD: Thread = const {
        Thread {
            sink: Cell::new(Sink::Nobody),
            slot: Cell::new(None),
            is_filling: Cell::new(false),
            batch: RefCell::new(Batch::new()),
        }
    };
}

// This order of the fields saves a `yield` seven instructions.
#[repr(C)]
struct Thread {
    sink: Cell<Sink>,
    slot: Cell<Option<Event>>,
    /// Whether a body fills the batch.
    is_filling: Cell<bool>,
    batch: RefCell<Batch>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Sink {
    /// No block is being polled.
    Nobody,
    /// A body lends its batch to the block that is polled next, which is its own.
    Lent,
    Batch,
    Slot,
    /// A slot with an event that waits to be taken.
    FullSlot,
}

/// Puts back the previous sink after a panic, and drops an event that nobody took.
struct Restore(Sink);

impl Drop for Restore {
    fn drop(&mut self) {
        THREAD.with(|thread| thread.leave_block(self.0));
    }
}

/// Polls a block. Returns its outcome, and the event that it put into the slot, if any.
#[inline]
pub(crate) fn poll_block<T>(poll: impl FnOnce() -> T) -> (T, Option<Event>) {
    let restore = Restore(THREAD.with(Thread::enter_block));
    let polled = poll();
    let outer = restore.0;
    std::mem::forget(restore);
    (polled, THREAD.with(|thread| thread.leave_block(outer)))
}

/// Polls a stream that consists of a single block, whose events go into the body's batch.
#[inline]
pub(crate) fn lend_batch<T>(poll: impl FnOnce() -> T) -> T {
    let _restore = Restore(THREAD.with(|thread| thread.sink.replace(Sink::Lent)));
    poll()
}

/// Lends this thread's batch to a body, which begins it anew. A body that is polled within another sets
/// that one's batch aside, until it is filled or panics.
#[inline]
pub(crate) fn with_batch<T>(fill: impl FnOnce(&RefCell<Batch>) -> T) -> T {
    THREAD.with(|thread| {
        let is_nested = thread.is_filling.replace(true);
        let outer = is_nested.then(|| thread.batch.replace(Batch::new()));
        let _restore = RestoreBatch { thread, outer };
        fill(&thread.batch)
    })
}

/// Puts back the outer body's batch, after a panic as well.
struct RestoreBatch<'t> {
    thread: &'t Thread,
    outer: Option<Batch>,
}

impl Drop for RestoreBatch<'_> {
    fn drop(&mut self) {
        self.thread.is_filling.set(self.outer.is_some());
        if let Some(outer) = self.outer.take() {
            self.thread.batch.replace(outer);
        }
    }
}

/// Puts the event into the sink of the block that is being polled. Returns whether the block
/// has to suspend.
///
/// # Panics
///
/// If no block is being polled, or another event waits to be taken.
pub(crate) fn put(mut event: Event) -> bool {
    // Borrowed, since a processor that moves what it has only just written has to wait.
    let suspends = THREAD.with(|thread| thread.put(&mut event));
    // Nothing is left in it to drop, which the compiler can't know.
    std::mem::forget(event);
    suspends
}

impl Thread {
    /// Returns the sink to put back afterwards.
    #[inline]
    fn enter_block(&self) -> Sink {
        let outer = self.sink.get();
        self.sink.set(if outer == Sink::Lent { Sink::Batch } else { Sink::Slot });
        match outer {
            // The batch is lent to this block alone, not to what is polled after it.
            Sink::Lent => Sink::Nobody,
            Sink::FullSlot => self.drop_event(),
            outer => outer,
        }
    }

    /// Drops an event that nobody took, before it is taken for that of another block. Only a misuse leads
    /// here.
    #[cold]
    fn drop_event(&self) -> Sink {
        self.slot.take();
        Sink::Slot
    }

    /// Returns the event that the block put into the slot.
    #[inline]
    fn leave_block(&self, outer: Sink) -> Option<Event> {
        let inner = self.sink.replace(outer);
        if inner == Sink::FullSlot { self.slot.take() } else { None }
    }

    fn put(&self, event: &mut Event) -> bool {
        match self.sink.get() {
            Sink::Batch => self.put_into_batch(event),
            Sink::Slot => {
                // The slot was empty, so there is nothing to drop.
                std::mem::forget(self.slot.replace(Some(event.take())));
                self.sink.set(Sink::FullSlot);
                true
            }
            Sink::Nobody | Sink::Lent | Sink::FullSlot => {
                panic!("an event was yielded outside of the block that is being polled")
            }
        }
    }

    #[inline(never)]
    fn put_into_batch(&self, event: &mut Event) -> bool {
        let suspends = self.batch.borrow_mut().push(event);
        if event.owns_memory() {
            drop(event.take());
        }
        suspends
    }
}
