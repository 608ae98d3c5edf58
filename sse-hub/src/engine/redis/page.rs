//! How many entries to read at a time: as many as arrive in about half a second. A larger answer might not come in
//! time over a slow network.

use std::time::Duration;

use super::entry::{Entry, Slot};
use super::reply::{PATIENCE, patience};

/// About how many bytes of events are read at a time, at most.
const MOST_BYTES: u64 = 8 << 20;
const MOST: u64 = 1000;
/// How many are read if their size is unknown.
const FEW: u64 = 16;
/// By how much a page may be larger than the one before.
const GROWTH: u64 = 8;

pub(super) struct Page {
    count: u64,
    /// How long an event of the largest size may take.
    longest: Duration,
}

impl Page {
    /// Begins with a single event, whose size is unknown.
    pub(super) fn first(max_event_bytes: usize) -> Self {
        Self { count: 1, longest: patience(max_event_bytes) }
    }

    pub(super) fn count(&self) -> usize {
        usize::try_from(self.count).unwrap_or(usize::MAX)
    }

    /// Returns how long an event of the largest size may take.
    pub(super) fn longest(&self) -> Duration {
        self.longest
    }

    /// Returns how long to wait for the page.
    pub(super) fn time(&self) -> Duration {
        if self.count == 1 { self.longest } else { PATIENCE }
    }

    /// Chooses the size of the next page, after one that took this long.
    pub(super) fn next(&mut self, slots: &[Slot], took: Duration) {
        let entries = slots.iter().filter_map(|slot| slot.entry.as_ref());
        let bytes = entries.map(Entry::bytes).map(|bytes| bytes as u64).sum::<u64>();
        self.count = match (slots.len() as u64 * MOST_BYTES).checked_div(bytes) {
            Some(most) => {
                let in_time = slots.len() as u128 * 500 / took.as_millis().max(1);
                let in_time = u64::try_from(in_time).unwrap_or(u64::MAX);
                most.min(in_time).min(self.count * GROWTH).clamp(1, MOST)
            }
            None => FEW,
        };
    }
}

#[cfg(test)]
mod tests {
    use sse_runtime::Event;

    use super::*;
    use crate::engine::redis::entry::{Body, Place, Tip};
    use crate::message::Message;
    use crate::topics::Names;

    const AT_ONCE: Duration = Duration::ZERO;

    fn slots(count: u64, bytes: usize) -> Vec<Slot> {
        let entry = || Entry {
            tip: Tip { epoch: 1, place: Place { time: 1, sequence: 1, token: 1 } },
            before: 1,
            body: Some(Body {
                message: Message::event(Names::new(&"a").unwrap(), Event::data("x".repeat(bytes))),
                last: vec![0],
                part: None,
            }),
        };
        (0..count).map(|_| Slot { id: String::new(), entry: Some(entry()) }).collect()
    }

    /// Returns how many are read at a time in the end, if each event has this many bytes and takes this long.
    fn settles_at(bytes: usize, each: Duration) -> usize {
        let mut page = Page::first(1 << 20);
        for _ in 0..6 {
            let count = page.count;
            page.next(&slots(count, bytes), each * u32::try_from(count).unwrap());
        }
        page.count()
    }

    #[test]
    fn the_larger_the_events_the_fewer_are_read_at_a_time() {
        assert_eq!(settles_at(100, AT_ONCE), 1000);
        assert_eq!(settles_at(100 * 1024, AT_ONCE), 81);
        assert_eq!(settles_at(10 << 20, AT_ONCE), 1);
    }

    #[test]
    fn the_slower_the_network_the_fewer_are_read_at_a_time() {
        assert_eq!(settles_at(100, Duration::from_millis(5)), 100);
        assert_eq!(settles_at(100 * 1024, Duration::from_millis(100)), 5);
        assert_eq!(settles_at(1 << 20, Duration::from_secs(10)), 1);
    }

    #[test]
    fn a_single_event_may_take_as_long_as_the_largest_takes_over_a_slow_network() {
        let mut page = Page::first(1 << 20);
        assert_eq!((page.count(), page.time()), (1, PATIENCE + Duration::from_secs(16)));
        page.next(&slots(1, 100), AT_ONCE);
        assert_eq!((page.count(), page.time()), (8, PATIENCE));
        page.next(&[], AT_ONCE);
        assert_eq!((page.count(), page.time()), (16, PATIENCE));
    }
}
