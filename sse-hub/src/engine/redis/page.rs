//! How many entries are read at a time: as many as arrive before the answer is given up on, over a
//! slow network too.

use super::entry::Slot;
use crate::event;

/// About so many bytes of events.
const BYTES: usize = 8 << 20;
const MOST: usize = 1000;
/// Before anything is known of their size.
const FIRST: usize = 16;

pub(super) struct Page(usize);

impl Page {
    pub(super) fn first() -> Self {
        Self(FIRST)
    }

    pub(super) fn count(&self) -> usize {
        self.0
    }

    /// The next page, after one with these entries.
    pub(super) fn after(slots: &[Slot]) -> Self {
        let entries = slots.iter().filter_map(|slot| slot.entry.as_ref());
        let bytes: usize = entries.map(|entry| event::bytes(&entry.event)).sum();
        Self((BYTES * slots.len()).checked_div(bytes).unwrap_or(FIRST).clamp(1, MOST))
    }
}

#[cfg(test)]
mod tests {
    use sse_runtime::Event;

    use super::*;
    use crate::engine::redis::entry::{Entry, Place};
    use crate::topics::Names;

    fn slots(bytes: usize) -> Vec<Slot> {
        let entry = || Entry {
            epoch: 1,
            place: Place { time: 1, sequence: 1, token: 1 },
            before: 1,
            topics: Names::new(&"a").unwrap(),
            last: vec![0],
            event: Event::data("x".repeat(bytes)),
        };
        (0..10).map(|_| Slot { id: String::new(), entry: Some(entry()) }).collect()
    }

    #[test]
    fn the_larger_the_events_the_fewer_are_read_at_a_time() {
        assert_eq!(Page::first().count(), 16);
        assert_eq!(Page::after(&slots(100)).count(), 1000);
        assert_eq!(Page::after(&slots(100 * 1024)).count(), 81);
        assert_eq!(Page::after(&slots(10 << 20)).count(), 1);
        assert_eq!(Page::after(&[]).count(), 16);
    }
}
