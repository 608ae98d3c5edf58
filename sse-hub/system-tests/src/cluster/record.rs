//! Records of what clients have received, and checking them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use sse_hub::PublishError;
use sse_runtime::Event;

/// How the data of the last event of a topic begins.
pub const END: &str = "end";

/// An event's ID, parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct At {
    pub epoch: u64,
    pub sequence: u64,
}

impl At {
    #[must_use]
    pub fn new(id: &str) -> Self {
        let (epoch, sequence) = id.split_once('.').expect("an ID");
        let epoch = u64::from_str_radix(epoch, 16).expect("an epoch");
        Self { epoch, sequence: sequence.parse().expect("a sequence") }
    }
}

/// Returns a number for an event's data, so that millions of them fit into memory.
fn mark(data: &str) -> u64 {
    data.parse().unwrap_or_else(|_| {
        let mut hasher = DefaultHasher::new();
        data.hash(&mut hasher);
        hasher.finish()
    })
}

/// What one client has received, in order, over all of its connections.
#[derive(Default)]
pub struct Record {
    pub topic: String,
    pub last: Option<String>,
    lines: Vec<Line>,
    has_end: bool,
}

#[derive(Clone, Copy, Debug)]
enum Line {
    Opening(At),
    Gap(At, &'static str),
    Event(At, u64),
}

impl Record {
    #[must_use]
    pub fn new(topic: &str) -> Self {
        Self { topic: topic.to_owned(), ..Self::default() }
    }

    pub fn take(&mut self, event: &Event) {
        let fields = event.fields();
        self.add(fields.id.expect("an ID"), fields.event == Some("gap"), fields.data);
    }

    /// Adds an event, or, without data, the opening of a stream.
    pub fn add(&mut self, id: &str, is_gap: bool, data: Option<&str>) {
        let at = At::new(id);
        self.last = Some(id.to_owned());
        self.has_end |= data.is_some_and(|data| data.starts_with(END));
        self.lines.push(match data {
            Some(why) if is_gap => Line::Gap(at, kind_of_gap(why)),
            Some(data) => Line::Event(at, mark(data)),
            None => Line::Opening(at),
        });
    }

    /// Returns whether the end of the topic was received.
    #[must_use]
    pub fn has_end(&self) -> bool {
        self.has_end
    }

    #[must_use]
    pub fn gaps(&self) -> Vec<&str> {
        let gap = |line: &Line| match line {
            Line::Gap(_, why) => Some(*why),
            Line::Opening(_) | Line::Event(..) => None,
        };
        self.lines.iter().filter_map(gap).collect()
    }

    #[must_use]
    pub fn events(&self) -> usize {
        self.received().count()
    }

    fn epochs(&self) -> impl Iterator<Item = u64> {
        self.lines.iter().map(|line| match line {
            Line::Opening(at) | Line::Gap(at, _) | Line::Event(at, _) => at.epoch,
        })
    }

    fn received(&self) -> impl Iterator<Item = (At, u64)> {
        self.lines.iter().filter_map(|line| match line {
            Line::Event(at, mark) => Some((*at, *mark)),
            Line::Opening(_) | Line::Gap(..) => None,
        })
    }
}

fn kind_of_gap(why: &str) -> &'static str {
    let kinds = ["evicted", "unknown", "overflow"];
    kinds.into_iter().find(|kind| *kind == why).expect("a kind of gap")
}

/// What was published: for each topic, what is at each position.
#[derive(Default)]
pub struct Ledger {
    topics: HashMap<String, BTreeMap<At, u64>>,
    /// The events that are known to be at some position.
    places: BTreeSet<At>,
    /// Every epoch that anybody has seen.
    histories: HashSet<u64>,
    /// Events that were refused, and so may reach nobody.
    refused: HashSet<u64>,
    /// How many outcomes are unknown.
    pub unknown: usize,
    /// Positions that two events had.
    conflicts: Vec<At>,
}

impl Ledger {
    /// Notes the outcome of publishing.
    pub fn note(&mut self, topic: &str, data: &str, outcome: Result<&str, PublishError>) {
        match outcome {
            Ok(id) => self.enter(topic, At::new(id), mark(data)),
            Err(PublishError::Unknown) => self.unknown += 1,
            Err(_) => _ = self.refused.insert(mark(data)),
        }
    }

    fn enter(&mut self, topic: &str, at: At, mark: u64) {
        self.places.insert(at);
        self.histories.insert(at.epoch);
        let known = self.topics.entry(topic.to_owned()).or_default();
        if known.insert(at, mark).is_some_and(|is| is != mark) {
            self.conflicts.push(at);
        }
    }

    /// Adds events that clients have received although their outcome is unknown: another client that doesn't have them
    /// has missed them.
    pub fn learn(&mut self, records: &[Record]) {
        for record in records {
            self.histories.extend(record.epochs());
            for (at, mark) in record.received() {
                self.enter(&record.topic, at, mark);
            }
        }
    }

    #[must_use]
    pub fn published(&self) -> usize {
        self.topics.values().map(BTreeMap::len).sum()
    }

    #[must_use]
    pub fn refused(&self) -> usize {
        self.refused.len()
    }

    /// Returns how often a new history has begun, as far as anybody has seen.
    #[must_use]
    pub fn resets(&self) -> usize {
        self.histories.len().saturating_sub(1)
    }

    /// Checks a client's record: nothing twice, nothing out of order, nothing that wasn't
    /// published there, nothing passed over but where the client was told, and no gap told where
    /// nothing is missing.
    ///
    /// # Errors
    ///
    /// Says what is wrong with the record.
    pub fn check(&self, record: &Record) -> Result<(), String> {
        if let Some(at) = self.conflicts.first() {
            return Err(format!("two events are at {at:?}"));
        }
        let empty = BTreeMap::new();
        let published = self.topics.get(&record.topic).unwrap_or(&empty);
        let (mut before, mut seen) = (None, HashSet::new());
        for line in &record.lines {
            if let Line::Event(at, mark) = line {
                if !seen.insert(mark) {
                    return Err(format!("{at:?}: {mark} was received twice"));
                }
                if self.refused.contains(mark) || published.get(at) != Some(mark) {
                    return Err(format!("{at:?}: {mark}, which isn't what was published there"));
                }
            }
            let (Line::Event(at, _) | Line::Opening(at) | Line::Gap(at, _)) = *line;
            if let Some(before) = before {
                self.follows(published, before, *line)?;
            }
            before = Some(at);
        }
        Ok(())
    }

    /// Returns whether it is known what was published at every position in between. An event at an unknown position, such
    /// as one whose outcome is unknown, may be what is missing.
    fn knows(&self, after: At, up_to: At) -> bool {
        let first = At { sequence: after.sequence + 1, ..after };
        self.places.range(first..=up_to).count() as u64 == up_to.sequence - after.sequence
    }

    /// Checks that this may come after that position.
    fn follows(&self, published: &BTreeMap<At, u64>, before: At, line: Line) -> Result<(), String> {
        match line {
            Line::Event(at, _) => {
                let up_to = At { sequence: at.sequence - 1, ..at };
                complete(published, before, up_to)
            }
            Line::Opening(at) => complete(published, before, at),
            Line::Gap(at, why) => {
                let is_further_on = at.epoch == before.epoch && at > before;
                if is_further_on
                    && missing(published, before, at).is_none()
                    && self.knows(before, at)
                {
                    return Err(format!("{at:?}: a gap, {why}, where nothing is missing"));
                }
                Ok(())
            }
        }
    }
}

/// Checks that nothing was published after the first position and up to the second.
fn complete(published: &BTreeMap<At, u64>, before: At, up_to: At) -> Result<(), String> {
    if before.epoch != up_to.epoch || up_to < before {
        return Err(format!("what comes after {up_to:?} was received after {before:?}"));
    }
    match missing(published, before, up_to) {
        Some(at) => Err(format!("{at:?} is passed over in silence, up to {up_to:?}")),
        None => Ok(()),
    }
}

/// Returns the first event that was published after the first position and up to the second.
fn missing(published: &BTreeMap<At, u64>, after: At, up_to: At) -> Option<At> {
    let first = At { sequence: after.sequence + 1, ..after };
    let is_any = first <= up_to;
    is_any.then(|| published.range(first..=up_to).next()).flatten().map(|(at, _)| *at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger() -> Ledger {
        let mut ledger = Ledger::default();
        for number in 1..=3 {
            ledger.note("a", &number.to_string(), Ok(&format!("e.{number}")));
        }
        ledger.note("b", "4", Ok("e.4"));
        ledger.note("a", "5", Ok("e.5"));
        ledger.note("a", "6", Err(PublishError::Refused));
        ledger
    }

    fn record(lines: &[(&str, &str)]) -> Record {
        let mut record = Record::new("a");
        for &(id, data) in lines {
            let is_gap = ["unknown", "overflow"].contains(&data);
            record.add(id, is_gap, (!data.is_empty()).then_some(data));
        }
        record
    }

    #[test]
    fn a_record_is_right_with_all_events_or_with_a_gap() {
        let right: [&[_]; 4] = [
            &[("e.1", "1"), ("e.2", "2"), ("e.2", ""), ("e.3", "3"), ("e.5", "5")],
            &[("e.1", "1"), ("e.2", "overflow"), ("e.3", "3")],
            &[("e.3", "3"), ("e.4", ""), ("e.5", "5")],
            &[("d.9", ""), ("e.2", "unknown"), ("e.3", "3")],
        ];
        for lines in right {
            assert_eq!(ledger().check(&record(lines)), Ok(()), "{lines:?}");
        }
    }

    #[test]
    fn what_is_missing_or_twice_or_elsewhere_or_untold_is_found() {
        let wrong: [&[_]; 9] = [
            &[("e.1", "1"), ("e.3", "3")],
            &[("e.1", "1"), ("e.5", "")],
            &[("e.1", "1"), ("e.1", "1")],
            &[("e.1", "1"), ("f.1", "9")],
            &[("e.2", "2"), ("e.1", "1")],
            &[("e.1", "2")],
            &[("e.6", "6")],
            &[("e.3", "3"), ("e.4", "overflow"), ("e.5", "5")],
            &[("e.1", "1"), ("f.7", "")],
        ];
        for lines in wrong {
            assert!(ledger().check(&record(lines)).is_err(), "{lines:?}");
        }
    }

    #[test]
    fn what_one_received_although_its_outcome_is_unknown_is_missing_for_others() {
        let mut ledger = ledger();
        ledger.note("a", "7", Err(PublishError::Unknown));
        let (one, other) =
            (record(&[("e.5", "5"), ("e.7", "7")]), record(&[("e.5", "5"), ("e.8", "")]));
        assert_eq!(ledger.check(&other), Ok(()));
        ledger.learn(&[one]);
        assert!(ledger.check(&other).is_err());
    }

    #[test]
    fn a_gap_where_nothing_is_missing_is_found_although_the_outcome_of_others_is_unknown() {
        let mut ledger = ledger();
        ledger.note("a", "7", Err(PublishError::Unknown));
        let gap = |id| record(&[("e.3", "3"), (id, "overflow")]);
        assert!(ledger.check(&gap("e.4")).is_err(), "it is known what is there");
        assert_eq!(ledger.check(&gap("e.5")), Ok(()), "an event is missing");
        let gap = record(&[("e.5", "5"), ("e.6", "overflow")]);
        assert_eq!(ledger.check(&gap), Ok(()), "it may be the one that is unknown");
    }

    #[test]
    fn every_history_is_counted_that_a_client_or_a_publisher_meets() {
        let mut ledger = ledger();
        assert_eq!(ledger.resets(), 0);
        ledger.learn(&[record(&[("e.5", "5"), ("f.5", "unknown"), ("f.5", "")])]);
        assert_eq!(ledger.resets(), 1);
        ledger.note("a", "6", Ok("d.6"));
        assert_eq!(ledger.resets(), 2);
    }

    #[test]
    fn two_events_at_one_position_are_found() {
        let mut ledger = ledger();
        ledger.learn(&[record(&[("e.5", "8")])]);
        assert!(ledger.check(&record(&[])).is_err());
    }
}
