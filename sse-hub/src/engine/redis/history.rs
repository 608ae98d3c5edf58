//! Reading the log back, when a node starts or when it can't continue.

use std::collections::VecDeque;

use redis::aio::MultiplexedConnection;
use redis::{RedisResult, Value, cmd};
use tokio::time::Instant;

use super::address::Address;
use super::entry::{Body, Entry, Place, Slot, Tip, read_all};
use super::page::Page;
use super::reply::{in_time, within};
use super::scripts::{View, look};
use crate::limits::Limits;
use crate::log::{Origin, entry_bytes};

/// What is left of the history, within the limits. Its sequences have no holes.
pub(super) struct ReadBack {
    pub(super) view: View,
    pub(super) entries: VecDeque<(Place, Body)>,
    /// The newest entry, if it continues what comes before it or begins what is left.
    last: Option<Place>,
    bytes: usize,
}

/// Reads the window back.
pub(super) async fn history(
    connection: &mut MultiplexedConnection,
    address: &Address,
    limits: &Limits,
) -> RedisResult<ReadBack> {
    let view = in_time(look(connection, address)).await?;
    let window = u64::try_from(limits.window.as_millis()).unwrap_or(u64::MAX);
    let mut from = format!("{}-0", view.now.saturating_sub(window));
    let mut page = Page::first(limits.max_event_bytes);
    let mut past = ReadBack::new(view);
    loop {
        let begin = Instant::now();
        let answer = range(connection, address, &from, page.count());
        let slots = within(page.time(), answer).await?;
        let is_last = slots.len() < page.count();
        page.next(&slots, begin.elapsed());
        if let Some(slot) = slots.last() {
            from = format!("({}", slot.id);
        }
        for entry in slots.into_iter().filter_map(|slot| slot.entry) {
            past.add(entry, limits.max_bytes);
        }
        if is_last {
            break;
        }
    }
    past.finish();
    Ok(past)
}

impl ReadBack {
    fn new(view: View) -> Self {
        Self { view, entries: VecDeque::new(), last: None, bytes: 0 }
    }

    /// Returns the last event.
    pub(super) fn end(&self) -> Tip {
        Tip { epoch: self.view.end.epoch, place: self.last.unwrap_or(self.view.end.place) }
    }

    /// Returns the sequence before its first entry.
    pub(super) fn through(&self) -> u64 {
        let first = self.entries.front();
        first.map_or(self.end().place.sequence, |(first, _)| first.sequence - 1)
    }

    pub(super) fn origin(&self) -> Origin {
        Origin { epoch: self.view.end.epoch, through: self.through() }
    }

    /// Appends an entry. If it doesn't continue the chain, everything before is dropped as if it were evicted: the
    /// topics' last sequences tell who misses something. The same goes for an entry that isn't understood, which is
    /// dropped too.
    fn add(&mut self, entry: Entry, max_bytes: usize) {
        if self.last.is_none() || !entry.follows(self.end()) {
            self.clear();
        }
        if entry.tip.epoch != self.view.end.epoch {
            return;
        }
        self.last = Some(entry.tip.place);
        let Some(body) = entry.body else { return self.forget() };
        self.bytes += bytes(&body);
        self.entries.push_back((entry.tip.place, body));
        while self.bytes > max_bytes && self.entries.len() > 1 {
            let oldest = self.entries.pop_front();
            self.bytes -= oldest.map_or(0, |(_, oldest)| bytes(&oldest));
        }
    }

    /// Drops everything if the entries end before the history did when it was looked at.
    fn finish(&mut self) {
        if self.end().place.sequence < self.view.end.place.sequence {
            self.clear();
        }
    }

    fn clear(&mut self) {
        self.forget();
        self.last = None;
    }

    fn forget(&mut self) {
        self.entries.clear();
        self.bytes = 0;
    }
}

/// Returns what an event takes here or in the log, whichever is more: here, each entry has its own copies of names.
fn bytes(Body { message, .. }: &Body) -> usize {
    entry_bytes(message).max(message.bytes())
}

/// Reads at most this many entries of the log, from this ID on.
pub(super) async fn range(
    connection: &mut MultiplexedConnection,
    address: &Address,
    from: &str,
    count: usize,
) -> RedisResult<Vec<Slot>> {
    let mut command = cmd("XRANGE");
    command.arg(&address.log).arg(from).arg("+").arg("COUNT").arg(count);
    read_all(command.query_async::<Value>(connection).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Message;
    use crate::topics::Names;
    use sse_runtime::Event;

    const PLENTY: usize = 1 << 20;

    fn entry(epoch: u64, sequence: u64) -> Entry {
        let place = Place { time: 1, sequence, token: sequence };
        let (topics, before) = (Names::new(&"a").unwrap(), sequence.saturating_sub(1));
        let message = Message::event(topics, Event::data("x"));
        let body = Body { message, last: vec![before], part: None };
        Entry { tip: Tip { epoch, place }, before, body: Some(body) }
    }

    fn strange(sequence: u64) -> Entry {
        Entry { body: None, ..entry(7, sequence) }
    }

    fn read(end: u64, entries: Vec<Entry>, max_bytes: usize) -> ReadBack {
        let place = Place { time: 1, sequence: end, token: end };
        let mut past = ReadBack::new(View { end: Tip { epoch: 7, place }, now: 1, format: 1 });
        for entry in entries {
            past.add(entry, max_bytes);
        }
        past.finish();
        past
    }

    fn past(end: u64, entries: Vec<Entry>, max_bytes: usize) -> Vec<u64> {
        let past = read(end, entries, max_bytes);
        past.entries.iter().map(|(place, _)| place.sequence).collect()
    }

    #[test]
    fn what_continues_up_to_the_end_is_read_back() {
        assert_eq!(past(3, vec![entry(7, 2), entry(7, 3), entry(7, 4)], PLENTY), [2, 3, 4]);
    }

    #[test]
    fn what_comes_before_a_hole_or_belongs_to_another_history_is_not() {
        assert_eq!(past(5, vec![entry(7, 2), entry(7, 4), entry(7, 5)], PLENTY), [4, 5]);
        assert_eq!(past(2, vec![entry(6, 5), entry(7, 1), entry(7, 2)], PLENTY), [1, 2]);
        assert!(past(9, vec![entry(7, 2), entry(6, 9)], PLENTY).is_empty());
    }

    #[test]
    fn nothing_is_read_back_if_its_end_is_missing() {
        assert!(past(4, vec![entry(7, 2), entry(7, 3)], PLENTY).is_empty());
    }

    #[test]
    fn it_keeps_no_more_bytes_than_the_log_would() {
        let entries = (1..=9).map(|sequence| entry(7, sequence)).collect();
        let message = Message::event(Names::new(&"a").unwrap(), Event::data("x"));
        let two = 2 * entry_bytes(&message);
        assert_eq!(past(9, entries, two), [8, 9]);
    }

    #[test]
    fn the_names_of_topics_count() {
        let names = |sequence: u64| {
            (0..9).map(|n| format!("{:>255}", 9 * sequence + n)).collect::<Vec<_>>()
        };
        let entries = (1..=99).map(|sequence| {
            let mut entry = entry(7, sequence);
            let body = entry.body.as_mut().unwrap();
            body.message.topics = Names::new(&names(sequence)).unwrap();
            body.last = vec![0; 9];
            entry
        });
        assert_eq!(past(99, entries.collect(), 3 * 9 * 300), [97, 98, 99]);
    }

    #[test]
    fn an_entry_that_is_not_understood_is_a_hole_after_which_the_history_goes_on() {
        let read = |entries| {
            let past = read(3, entries, PLENTY);
            (past.through(), past.entries.len(), past.end().place.sequence)
        };
        assert_eq!(read(vec![entry(7, 1), strange(2), entry(7, 3)]), (2, 1, 3));
        assert_eq!(read(vec![entry(7, 2), entry(7, 3), strange(4)]), (4, 0, 4));
    }
}
