//! Reading the log back, when a node starts or when it can't continue.

use redis::aio::MultiplexedConnection;
use redis::{RedisResult, Value, cmd, pipe};
use std::collections::HashMap;
use std::time::Duration;

use super::address::Address;
use super::entry::{Entry, Place, read_all};
use super::reply::{array, in_time, number, text, unexpected};
use super::scripts::{View, look, restart};
use crate::log::{Floor, History};

/// How many entries are read at a time.
pub(super) const PAGE: usize = 1000;

/// What is left of the history: dense from its first entry to its end.
pub(super) struct Past {
    pub(super) view: View,
    pub(super) entries: Vec<Entry>,
}

impl Past {
    /// Where it ends.
    pub(super) fn end(&self) -> Place {
        self.entries.last().map_or(self.view.end, |last| last.place)
    }

    /// The sequence before its first entry.
    pub(super) fn through(&self) -> u64 {
        self.entries.first().map_or(self.view.end.sequence, |first| first.place.sequence - 1)
    }

    pub(super) fn history(&self) -> History {
        History { epoch: self.view.epoch, through: self.through() }
    }
}

/// Reads the window back. If what is there isn't whole, a new epoch begins.
pub(super) async fn read_back(
    connection: &mut MultiplexedConnection,
    address: &Address,
    window: Duration,
) -> RedisResult<Past> {
    loop {
        let view = in_time(look(connection, address)).await?;
        let window = u64::try_from(window.as_millis()).unwrap_or(u64::MAX);
        let mut from = format!("{}-0", view.now.saturating_sub(window));
        let mut past = Past { view, entries: Vec::new() };
        loop {
            let page = in_time(range(connection, address, &from)).await?;
            let is_last = page.len() < PAGE;
            let is_whole = past.add(page);
            if !is_whole || (is_last && !past.is_complete()) {
                in_time(restart(connection, address, past.view.epoch)).await?;
                break;
            }
            if is_last {
                return Ok(past);
            }
            from = format!("({}", past.read_up_to());
        }
    }
}

impl Past {
    /// Adds the entries of this epoch, and tells whether they are whole.
    fn add(&mut self, page: Vec<Option<Entry>>) -> bool {
        for entry in page {
            let Some(entry) = entry else { return false };
            if entry.place.sequence <= self.view.since {
                continue;
            }
            let is_next =
                self.entries.last().is_none_or(|last| entry.follows(self.view.epoch, last.place));
            if !is_next || entry.epoch != self.view.epoch {
                return false;
            }
            self.entries.push(entry);
        }
        true
    }

    /// Whether all is there that was when it was looked at.
    fn is_complete(&self) -> bool {
        self.entries.last().is_none_or(|last| last.place.sequence >= self.view.end.sequence)
    }

    /// The stream's ID of the last entry.
    fn read_up_to(&self) -> String {
        self.end().id()
    }
}

async fn range(
    connection: &mut MultiplexedConnection,
    address: &Address,
    from: &str,
) -> RedisResult<Vec<Option<Entry>>> {
    let mut command = cmd("XRANGE");
    command.arg(&address.log).arg(from).arg("+").arg("COUNT").arg(PAGE);
    read_all(command.query_async::<Value>(connection).await?)
}

/// Up to where the events of each topic are gone, so that the clients of a quiet topic are not
/// told of a gap that isn't there.
pub(super) async fn floors(
    connection: &mut MultiplexedConnection,
    address: &Address,
    past: &Past,
) -> RedisResult<(u64, Vec<Floor>)> {
    let (floor, topics): (Value, Value) = pipe()
        .atomic()
        .cmd("HGET")
        .arg(&address.hub)
        .arg("floor")
        .cmd("ZRANGE")
        .arg(&address.topics)
        .arg(0)
        .arg(-1)
        .arg("WITHSCORES")
        .query_async(connection)
        .await?;
    let shared = if floor == Value::Nil { 0 } else { number(floor)? };
    let (shared, through) = (shared.max(past.view.since), past.through());
    let before = before_first(past);
    let floors = pairs(topics)?.into_iter().map(|(topic, last)| {
        let floor = match before.get(&*topic) {
            Some(&before) => before,
            None if last <= through => last,
            // It has come since the log was read.
            None => through,
        };
        (topic.into(), floor.clamp(past.view.since, through))
    });
    Ok((shared.min(through), floors.collect()))
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
