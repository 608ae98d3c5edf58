//! What a client has received, and whether that is right.

use std::collections::{BTreeMap, HashMap, HashSet};

use sse_runtime::Event;

/// An event's ID, taken apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At {
    pub epoch: String,
    pub sequence: u64,
}

impl At {
    /// # Panics
    ///
    /// If it isn't the ID of an event.
    #[must_use]
    pub fn new(id: &str) -> Self {
        let (epoch, sequence) = id.split_once('.').expect("an ID");
        Self { epoch: epoch.to_owned(), sequence: sequence.parse().expect("a sequence") }
    }
}

/// What one client has received, in order, over all of its connections.
#[derive(Default)]
pub struct Record {
    pub topic: String,
    pub last: Option<String>,
    lines: Vec<Line>,
}

#[derive(Debug)]
enum Line {
    Opening(At),
    Gap(At, String),
    Event(At, String),
}

impl Line {
    fn gap(&self) -> Option<&str> {
        match self {
            Self::Gap(_, why) => Some(why),
            Self::Opening(_) | Self::Event(..) => None,
        }
    }
}

impl Record {
    #[must_use]
    pub fn new(topic: &str) -> Self {
        Self { topic: topic.to_owned(), ..Self::default() }
    }

    /// # Panics
    ///
    /// If it has no ID.
    pub fn take(&mut self, event: &Event) {
        let fields = event.fields();
        let id = fields.id.expect("an ID");
        let at = At::new(id);
        self.last = Some(id.to_owned());
        let data = fields.data.map(str::to_owned);
        self.lines.push(match (fields.event, data) {
            (Some("gap"), Some(why)) => Line::Gap(at, why),
            (_, Some(data)) => Line::Event(at, data),
            (_, None) => Line::Opening(at),
        });
    }

    #[must_use]
    pub fn gaps(&self) -> Vec<&str> {
        self.lines.iter().filter_map(Line::gap).collect()
    }

    #[must_use]
    pub fn events(&self) -> usize {
        self.lines.iter().filter(|line| matches!(line, Line::Event(..))).count()
    }

    /// Whether this event was received.
    #[must_use]
    pub fn has(&self, data: &str) -> bool {
        self.lines.iter().any(|line| matches!(line, Line::Event(_, is) if is == data))
    }
}

/// What was published: for each topic, what is at each position.
#[derive(Default)]
pub struct Ledger {
    published: HashMap<String, BTreeMap<At, String>>,
    /// What has been refused, and so may reach nobody.
    refused: HashSet<String>,
    pub unknown: usize,
}

impl Ledger {
    pub fn published(&mut self, topic: &str, id: &str, data: &str) {
        let known = self.published.entry(topic.to_owned()).or_default();
        known.insert(At::new(id), data.to_owned());
    }

    pub fn refused(&mut self, data: &str) {
        self.refused.insert(data.to_owned());
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.published.values().map(BTreeMap::len).sum()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Checks a client's record: nothing twice, nothing out of order, nothing that wasn't
    /// published there, and nothing passed over but where the client was told.
    ///
    /// # Errors
    ///
    /// If it isn't so: what is wrong.
    pub fn check(&self, record: &Record) -> Result<(), String> {
        let empty = BTreeMap::new();
        let published = self.published.get(&record.topic).unwrap_or(&empty);
        let (mut before, mut seen) = (None::<&At>, HashSet::new());
        for line in &record.lines {
            let at = match line {
                Line::Event(at, _) | Line::Opening(at) => at,
                Line::Gap(at, _) => {
                    before = Some(at);
                    continue;
                }
            };
            if let Line::Event(_, data) = line {
                if !seen.insert(data) {
                    return Err(format!("{data} was received twice"));
                }
                if self.refused.contains(data) || published.get(at).is_some_and(|is| is != data) {
                    return Err(format!("{at:?}: {data}, which isn't what was published there"));
                }
            }
            if let Some(before) = before {
                let is_event = matches!(line, Line::Event(..));
                follows(published, before, at, is_event)?;
            }
            before = Some(at);
        }
        Ok(())
    }
}

/// Whether nothing is missing between these.
fn follows(
    published: &BTreeMap<At, String>,
    before: &At,
    at: &At,
    is_event: bool,
) -> Result<(), String> {
    if before.epoch != at.epoch {
        return Err(format!("{at:?} came after {before:?} without a gap"));
    }
    if at.sequence < before.sequence || (is_event && at == before) {
        return Err(format!("{at:?} came after {before:?}"));
    }
    let first = At { sequence: before.sequence + 1, ..before.clone() };
    let last = if is_event { at.sequence - 1 } else { at.sequence };
    let last = At { sequence: last, ..at.clone() };
    if first > last {
        return Ok(());
    }
    match published.range(first..=last).next() {
        Some((missing, _)) => Err(format!("{missing:?} is passed over in silence, up to {at:?}")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger() -> Ledger {
        let mut ledger = Ledger::default();
        for number in 1..=3 {
            ledger.published("a", &format!("e.{number}"), &number.to_string());
        }
        ledger
    }

    fn record(lines: &[(&str, &str, &str)]) -> Record {
        let mut record = Record::new("a");
        for &(id, name, data) in lines {
            let event = Event::data(data.to_owned()).id(id.to_owned());
            record.take(&if name.is_empty() { event } else { event.event(name.to_owned()) });
        }
        record
    }

    #[test]
    fn a_record_is_right_with_all_events_or_with_a_gap() {
        let all = record(&[("e.1", "", "1"), ("e.2", "", "2"), ("e.3", "", "3")]);
        let told = record(&[("e.1", "", "1"), ("e.2", "gap", "overflow"), ("e.3", "", "3")]);
        assert_eq!((ledger().check(&all), ledger().check(&told)), (Ok(()), Ok(())));
    }

    #[test]
    fn what_is_missing_twice_elsewhere_or_in_another_order_is_found() {
        let wrong = [
            record(&[("e.1", "", "1"), ("e.3", "", "3")]),
            record(&[("e.1", "", "1"), ("e.1", "", "1")]),
            record(&[("e.1", "", "1"), ("f.1", "", "9")]),
            record(&[("e.2", "", "2"), ("e.1", "", "1")]),
            record(&[("e.1", "", "2")]),
        ];
        for record in wrong {
            assert!(ledger().check(&record).is_err(), "{:?}", record.lines);
        }
    }
}
