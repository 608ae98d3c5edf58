//! Reading the log back, when a node starts or when it can't continue.

use std::collections::{HashMap, VecDeque};

use redis::aio::MultiplexedConnection;
use redis::{RedisResult, Value, cmd, pipe};

use super::address::Address;
use super::entry::{Entry, Place, Slot, read_all};
use super::page::Page;
use super::reply::{array, in_time, number, text, unexpected};
use super::scripts::{View, look};
use crate::limits::Limits;
use crate::log::{History, Known, entry_bytes};

/// What is left of the history: dense from its first entry to its end, and within the limits.
pub(super) struct Past {
    pub(super) view: View,
    pub(super) entries: VecDeque<Entry>,
    bytes: usize,
}

/// Reads the window back, and what is known of the topics' events before it.
pub(super) async fn read_back(
    connection: &mut MultiplexedConnection,
    address: &Address,
    limits: &Limits,
) -> RedisResult<(Past, Known)> {
    let view = in_time(look(connection, address)).await?;
    let window = u64::try_from(limits.window.as_millis()).unwrap_or(u64::MAX);
    let mut from = format!("{}-0", view.now.saturating_sub(window));
    let mut page = Page::first();
    let mut past = Past { view, entries: VecDeque::new(), bytes: 0 };
    loop {
        let slots = in_time(range(connection, address, &from, page.count())).await?;
        let is_last = slots.len() < page.count();
        page = Page::after(&slots);
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
    let known = in_time(known(connection, address, &past)).await?;
    Ok((past, known))
}

impl Past {
    /// Where it ends.
    pub(super) fn end(&self) -> Place {
        self.entries.back().map_or(self.view.end, |last| last.place)
    }

    /// The sequence before its first entry.
    fn through(&self) -> u64 {
        self.entries.front().map_or(self.view.end.sequence, |first| first.place.sequence - 1)
    }

    pub(super) fn history(&self) -> History {
        History { epoch: self.view.epoch, through: self.through() }
    }

    /// Adds the next entry, and drops what it doesn't continue: what comes before a hole is as good
    /// as evicted, for what is known of the topics tells who misses something.
    fn add(&mut self, entry: Entry, max_bytes: usize) {
        let epoch = self.view.epoch;
        let continues = |last: &Entry| entry.follows(epoch, last.place);
        if entry.epoch != epoch || !self.entries.back().is_none_or(continues) {
            self.clear();
        }
        if entry.epoch == epoch {
            self.bytes += entry_bytes(&entry.event, &entry.topics);
            self.entries.push_back(entry);
        }
        while self.bytes > max_bytes && self.entries.len() > 1 {
            let oldest = self.entries.pop_front();
            self.bytes -= oldest.map_or(0, |oldest| entry_bytes(&oldest.event, &oldest.topics));
        }
    }

    /// Drops everything if the end is not what it was when the history was looked at.
    fn finish(&mut self) {
        if self.end().sequence < self.view.end.sequence {
            self.clear();
        }
    }

    fn clear(&mut self) {
        self.entries.clear();
        self.bytes = 0;
    }
}

/// So many slots of the log, at most, from this ID on.
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

/// Up to where the events of each topic are gone, so that the clients of a quiet topic are not
/// told of a gap that isn't there.
async fn known(
    connection: &mut MultiplexedConnection,
    address: &Address,
    past: &Past,
) -> RedisResult<Known> {
    let mut pipeline = pipe();
    pipeline.atomic();
    pipeline.cmd("HGET").arg(&address.hub).arg("floor");
    pipeline.cmd("ZRANGE").arg(&address.topics).arg(0).arg(-1).arg("WITHSCORES");
    let (floor, topics): (Value, Value) = pipeline.query_async(connection).await?;
    let (topics, through) = (pairs(topics)?, past.through());
    let others = match floor {
        // They are gone, by eviction or by hand.
        _ if topics.is_empty() => through,
        Value::Nil => 0,
        floor => number(floor)?.min(through),
    };
    let before = before_first(past);
    let floor = |topic: &str, last: u64| match before.get(topic) {
        Some(&before) => before.min(through),
        // A later one has come since the log was read.
        None => last.min(through),
    };
    let topics = topics.into_iter().map(|(topic, last)| {
        let floor = floor(&topic, last);
        (topic.into(), floor)
    });
    Ok(Known { topics: topics.collect(), others })
}

/// The sequence that each topic had before its first entry.
fn before_first(past: &Past) -> HashMap<&str, u64> {
    let mut before = HashMap::new();
    for entry in &past.entries {
        for (topic, &last) in entry.topics.iter().zip(&entry.last) {
            before.entry(topic).or_insert(last);
        }
    }
    before
}

fn pairs(value: Value) -> RedisResult<Vec<(String, u64)>> {
    let mut values = Vec::new();
    for value in array(value)? {
        match value {
            // With RESP3, each is a pair.
            Value::Array(pair) => values.extend(pair),
            value => values.push(value),
        }
    }
    let mut values = values.into_iter();
    let mut pairs = Vec::new();
    while let Some(topic) = values.next() {
        pairs.push((text(topic)?, number(values.next().ok_or_else(|| unexpected("a pair"))?)?));
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topics::Names;
    use sse_runtime::Event;

    const PLENTY: usize = 1 << 20;

    fn entry(epoch: u64, sequence: u64) -> Entry {
        let place = Place { time: 1, sequence, token: sequence };
        let (topics, before) = (Names::new(&"a").unwrap(), sequence.saturating_sub(1));
        Entry { epoch, place, before, topics, last: vec![before], event: Event::data("x") }
    }

    fn past(end: u64, entries: Vec<Entry>, max_bytes: usize) -> Vec<u64> {
        let end = Place { time: 1, sequence: end, token: end };
        let view = View { epoch: 7, end, now: 1 };
        let mut past = Past { view, entries: VecDeque::new(), bytes: 0 };
        for entry in entries {
            past.add(entry, max_bytes);
        }
        past.finish();
        past.entries.iter().map(|entry| entry.place.sequence).collect()
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
        let two = 2 * entry_bytes(&Event::data("x"), &Names::new(&"a").unwrap());
        assert_eq!(past(9, entries, two), [8, 9]);
    }
}
