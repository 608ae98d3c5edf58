//! The events of one run, and its end.

use std::collections::VecDeque;

use sse_runtime::Event;
use tokio::time::Instant;

use super::RunState;
use super::state::End;
use crate::event;

/// About what an event takes in addition to its texts.
const ENTRY_BYTES: usize = 300;

/// The newest events of a run, whose sequences begin at 1 and have no holes.
#[derive(Default)]
pub(super) struct Log {
    /// The sequence of the newest event; 0 if there was none yet.
    last: u64,
    events: VecDeque<Event>,
    bytes: usize,
    end: Option<(End, Until)>,
    /// How the engine last said that the run stands, if another process produces it.
    reported: Option<Reported>,
}

/// Until when a run that has ended is kept; `None` for as long as anyone holds it.
pub(super) type Until = Option<Instant>;

/// How a run stands in the engine, which may be ahead of what this process has read.
#[derive(Clone, Copy)]
pub(super) struct Reported {
    pub(super) last: u64,
    pub(super) state: RunState,
}

/// What a reader finds at its position.
#[derive(Debug)]
pub(super) enum Read {
    Event(Event),
    /// Events are missing up to this sequence.
    Gap(u64),
    End(End),
    Nothing,
}

impl Log {
    pub(super) fn last(&self) -> u64 {
        self.last
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn end(&self) -> Option<&End> {
        self.end.as_ref().map(|(end, _)| end)
    }

    pub(super) fn kept_until(&self) -> Until {
        self.end.as_ref().and_then(|(_, until)| *until)
    }

    /// Returns how the run stands, as far as this process knows.
    pub(super) fn state(&self) -> RunState {
        let reported = self.reported.map_or(RunState::Running, |reported| reported.state);
        self.end().map_or(reported, |end| end.state)
    }

    /// Returns whether there is or may be an event after this one.
    pub(super) fn remains(&self, after: u64) -> bool {
        let reported = self.reported.map_or(0, |reported| reported.last);
        self.state() == RunState::Running || after < self.last.max(reported)
    }

    pub(super) fn set_reported(&mut self, reported: Reported) {
        self.reported = Some(reported);
    }

    /// Ends the run, and returns how, unless it has ended before. Nothing is appended from then on.
    pub(super) fn finish(&mut self, end: End, until: Until) -> Option<End> {
        if self.end.is_some() {
            return None;
        }
        self.end = Some((end.clone(), until));
        Some(end)
    }

    /// Adds the next event, unless the run has ended. Returns how many bytes it takes.
    pub(super) fn append(&mut self, event: Event) -> Option<usize> {
        if self.end.is_some() {
            return None;
        }
        let bytes = entry_bytes(&event);
        self.last += 1;
        self.bytes += bytes;
        self.events.push_back(event);
        Some(bytes)
    }

    /// Removes the oldest event if the events take more than this, but never the newest.
    pub(super) fn evict(&mut self, max_bytes: usize) -> Option<Event> {
        let is_too_much = self.bytes > max_bytes && self.events.len() > 1;
        let oldest = if is_too_much { self.events.pop_front() } else { None };
        self.bytes -= oldest.as_ref().map_or(0, entry_bytes);
        oldest
    }

    /// Goes on after this sequence, and drops the events before.
    pub(super) fn skip_to(&mut self, sequence: u64) -> VecDeque<Event> {
        self.last = sequence;
        self.clear()
    }

    /// Removes all events.
    pub(super) fn clear(&mut self) -> VecDeque<Event> {
        self.bytes = 0;
        std::mem::take(&mut self.events)
    }

    /// Returns the sequence before the oldest event that is left.
    pub(super) fn evicted_through(&self) -> u64 {
        self.last - self.events.len() as u64
    }

    /// Returns the sequence before the first event, the events, which are shared and not copied, and the end.
    #[cfg(feature = "file")]
    pub(super) fn copy(&self) -> (u64, Vec<Event>, Option<End>) {
        let events = self.events.iter().cloned().collect();
        (self.evicted_through(), events, self.end().cloned())
    }

    /// Reads what comes after this sequence.
    pub(super) fn read(&self, after: u64) -> Read {
        let evicted = self.evicted_through();
        if after < evicted {
            return Read::Gap(evicted);
        }
        let at = usize::try_from(after - evicted).ok();
        match (at.and_then(|at| self.events.get(at)), self.end()) {
            (Some(event), _) => Read::Event(event.clone()),
            (None, Some(end)) => Read::End(end.clone()),
            (None, None) => Read::Nothing,
        }
    }
}

/// Returns about how many bytes an event takes: its texts, and their encoding, which the first reader caches.
fn entry_bytes(event: &Event) -> usize {
    ENTRY_BYTES + 2 * event::bytes(event)
}
