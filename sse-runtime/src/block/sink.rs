//! The sink: where the events of the block that is being polled go.
//!
//! A `yield` can't know who polls its block, so that says it here: each on its own thread, for
//! as long as the poll lasts. Whoever polls a stream takes its events one by one, out of the
//! slot. A body lends its batch, so that events are encoded where they are yielded and the
//! block suspends only when the batch is done.
//!
//! A block polled within a block has a slot, whatever the outer one has; what the outer one
//! had is put back, also by a panic.

use std::cell::{Cell, RefCell};
use std::mem::ManuallyDrop;

use crate::Event;
use crate::wire::Batch;

thread_local! {
    static THREAD: Thread = const {
        Thread { sink: Cell::new(Sink::Nobody), slot: Cell::new(None), batch: RefCell::new(None) }
    };
}

struct Thread {
    sink: Cell<Sink>,
    slot: Cell<Option<Event>>,
    batch: RefCell<Option<Batch>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sink {
    /// No block is being polled.
    Nobody,
    /// A body lends its batch to the block that is polled next: its own.
    Lent,
    Batch,
    Slot,
    /// A slot with an event that waits to be taken.
    FullSlot,
}

/// After a panic, puts back what was the sink, and drops what nobody took.
struct Restore(Sink);

impl Drop for Restore {
    fn drop(&mut self) {
        THREAD.with(|thread| {
            thread.sink.set(self.0);
            thread.slot.take();
        });
    }
}

/// Polls a block: gives its outcome, and its event if it put one into the slot.
#[inline]
pub(crate) fn poll_block<T>(poll: impl FnOnce() -> T) -> (T, Option<Event>) {
    let restore = Restore(THREAD.with(Thread::enter_block));
    let polled = poll();
    let outer = restore.0;
    std::mem::forget(restore);
    (polled, THREAD.with(|thread| thread.leave_block(outer)))
}

/// Polls a stream that is nothing but a block, whose events go into the batch.
pub(crate) fn poll_into<T>(batch: Batch, poll: impl FnOnce() -> T) -> (T, Batch) {
    /// A body may be polled within a block that has a batch of its own.
    struct PutBack(Option<Batch>);

    impl Drop for PutBack {
        fn drop(&mut self) {
            THREAD.with(|thread| thread.batch.replace(self.0.take()));
        }
    }

    let (outer, outer_batch) =
        THREAD.with(|thread| (thread.sink.replace(Sink::Lent), thread.batch.replace(Some(batch))));
    let restore = Restore(outer);
    let put_back = PutBack(outer_batch);
    let polled = poll();
    let batch = THREAD.with(|thread| thread.batch.take());
    drop((restore, put_back));
    (polled, batch.expect("the batch is only lent"))
}

/// Puts the event where those of the polled block go; tells whether the block is to suspend.
///
/// # Panics
///
/// If no block is being polled, or an event waits to be taken.
pub(crate) fn put(event: Event) -> bool {
    // Lent, since a closure that owns it would move it again; and dropped by hand, since most
    // have nothing to be dropped, which the compiler can't know.
    let mut event = ManuallyDrop::new(event);
    THREAD.with(|thread| thread.put(&mut event))
}

impl Thread {
    /// Gives what is to be put back.
    #[inline]
    fn enter_block(&self) -> Sink {
        let outer = self.sink.get();
        self.sink.set(if outer == Sink::Lent { Sink::Batch } else { Sink::Slot });
        match outer {
            // Lent to this block alone: nothing that runs behind it has the batch.
            Sink::Lent => Sink::Nobody,
            Sink::FullSlot => self.drop_event(),
            outer => outer,
        }
    }

    /// What only a misuse brings about: its event must not be taken for another's.
    #[cold]
    fn drop_event(&self) -> Sink {
        self.slot.take();
        Sink::Slot
    }

    #[inline]
    fn leave_block(&self, outer: Sink) -> Option<Event> {
        let inner = self.sink.replace(outer);
        if inner == Sink::FullSlot { self.slot.take() } else { None }
    }

    fn put(&self, event: &mut Event) -> bool {
        match self.sink.get() {
            Sink::Batch => self.put_into_batch(event),
            Sink::Slot => {
                // It is empty: there is nothing to be dropped here either.
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
        let suspends = self.batch.borrow_mut().as_mut().expect("a lent batch").push(event);
        if event.owns_memory() {
            drop(event.take());
        }
        suspends
    }
}
