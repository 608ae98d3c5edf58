//! What a hub should do, by looking through all that was ever published.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use super::steps::{From, Latest, MAX_BYTES, Settings, WINDOW};

struct Published {
    topics: Vec<&'static str>,
    bytes: usize,
    time: Duration,
    is_retained: bool,
}

/// How many bytes things take in a log.
#[derive(Clone, Copy)]
pub(crate) struct Costs {
    /// An event without data or topics.
    pub(crate) event: usize,
    /// An entry that isn't an event.
    pub(crate) nothing: usize,
    /// For each of its topics.
    pub(crate) place: usize,
    /// A topic that has events.
    pub(crate) topic: usize,
}

/// Events are counted from 1; `all[n - 1]` is event `n`.
pub(crate) struct Reference {
    all: Vec<Published>,
    /// How many of them are gone.
    evicted: u64,
    /// The number of the event that each topic retains.
    retained: BTreeMap<&'static str, u64>,
    costs: Costs,
}

/// A client, as the reference sees it.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) topics: Vec<&'static str>,
    pub(crate) settings: Settings,
    /// The topics of which the client wants only the newest event.
    latest: BTreeSet<&'static str>,
    /// The number of the last event that it has received or passed over.
    pub(crate) position: u64,
    pub(crate) is_over: bool,
    /// Whether someone has ended the client, which has not been told yet.
    is_ended: bool,
    /// What its topics retain, which is sent before everything else.
    values: VecDeque<Seen>,
    opening: Option<Seen>,
}

/// What a client sees next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    Opening(u64),
    Event(u64),
    /// An event that is or was retained: its number, and the position in its ID, if it has one.
    Value(u64, Option<u64>),
    /// A gap. If it has no position, what is retained follows and has it.
    Gap(Option<u64>, &'static str),
    /// The last event of a client that was ended.
    Bye,
    Nothing,
    End,
}

impl Reference {
    pub(crate) fn new(costs: Costs) -> Self {
        Self { all: Vec::new(), evicted: 0, retained: BTreeMap::new(), costs }
    }

    pub(crate) fn last(&self) -> u64 {
        self.all.len() as u64
    }

    /// Publishes an event with this many bytes of data.
    pub(crate) fn publish(&mut self, topics: Vec<&'static str>, data: usize, time: Duration) {
        let bytes = self.costs.event + self.costs.place * topics.len() + data;
        self.all.push(Published { topics, bytes, time, is_retained: false });
        self.evict(time);
    }

    pub(crate) fn retain(&mut self, topic: &'static str, data: usize, time: Duration) {
        let bytes = self.costs.event + self.costs.place + data;
        self.all.push(Published { topics: vec![topic], bytes, time, is_retained: true });
        self.retained.insert(topic, self.last());
        self.evict(time);
    }

    /// Takes a number for what isn't an event, where it takes one.
    pub(crate) fn forget(&mut self, topic: &'static str, place_at: Option<Duration>) {
        self.retained.remove(topic);
        if let Some(time) = place_at {
            let (topics, bytes) = (Vec::new(), self.costs.nothing);
            self.all.push(Published { topics, bytes, time, is_retained: false });
            self.evict(time);
        }
    }

    /// Returns what these topics retain that was published up to this position.
    fn values<'a>(
        &self,
        topics: impl Iterator<Item = &'a &'static str>,
        through: u64,
    ) -> VecDeque<Seen> {
        let values = topics.filter_map(|topic| self.retained.get(topic));
        let mut values: Vec<u64> = values.copied().filter(|&n| n <= through).collect();
        values.sort_unstable();
        values.into_iter().map(|n| Seen::Value(n, None)).collect()
    }

    pub(crate) fn add(&self, client: &mut Client, topics: &[&'static str]) {
        let is_new = |topic: &&&'static str| !client.topics.contains(*topic);
        let new: Vec<&'static str> = topics.iter().filter(is_new).copied().collect();
        // Evicted events of other topics are no gap, unless the client itself misses some.
        let mut further = client.clone();
        if !self.skip(&mut further) {
            client.position = further.position;
            if let Some(Seen::Opening(at)) = &mut client.opening {
                *at = further.position;
            }
        }
        client.values.extend(self.values(new.iter(), client.position));
        if client.settings.latest == Latest::All {
            client.latest.extend(&new);
        }
        client.topics.extend(new);
    }

    /// Removes topics. What they retain isn't sent any more. If it had the position, the last value that is left gets it.
    pub(crate) fn remove(&self, client: &mut Client, topics: &[&'static str]) {
        client.topics.retain(|topic| !topics.contains(topic));
        client.latest.retain(|topic| !topics.contains(topic));
        let has_position = matches!(client.values.back(), Some(Seen::Value(_, Some(_))));
        let is_gone = |value: &Seen| {
            let is_it = |n| matches!(value, Seen::Value(number, _) if *number == n);
            let mut of = self.numbered().filter(|(n, _)| is_it(*n));
            of.any(|(_, event)| event.topics.iter().any(|topic| topics.contains(topic)))
        };
        client.values.retain(|value| !is_gone(value));
        if has_position && let Some(Seen::Value(_, id)) = client.values.back_mut() {
            *id = Some(client.position);
        }
    }

    pub(crate) fn evict(&mut self, now: Duration) {
        while self.kept().next().is_some_and(|(_, oldest)| {
            now.saturating_sub(oldest.time) > WINDOW
                || self.bytes() > MAX_BYTES && self.evicted + 1 < self.last()
        }) {
            self.evicted += 1;
        }
    }

    fn bytes(&self) -> usize {
        let events: usize = self.kept().map(|(_, event)| event.bytes).sum();
        let topics = self.kept().flat_map(|(_, event)| &event.topics).collect::<BTreeSet<_>>();
        events + topics.len() * self.costs.topic
    }

    pub(crate) fn enter(
        &self,
        topics: Vec<&'static str>,
        from: From,
        settings: Settings,
    ) -> Client {
        let is_latest = |topic: &&&'static str| match settings.latest {
            Latest::All => true,
            Latest::Of(of) => of == **topic,
            Latest::None => false,
        };
        let mut client = Client {
            latest: topics.iter().filter(is_latest).copied().collect(),
            topics,
            settings,
            position: self.last(),
            is_over: false,
            is_ended: false,
            values: VecDeque::new(),
            opening: None,
        };
        let mut why = None;
        match from {
            From::Now => {}
            From::Earliest => client.position = self.evicted,
            From::Last(count) => {
                let matching = self.kept().filter(|(_, event)| client.wants(event));
                let numbers: Vec<u64> = matching.map(|(n, _)| n).collect();
                let first = numbers.into_iter().rev().take(count).min();
                client.position = first.map_or(self.last(), |first| first - 1);
            }
            From::Ahead(_) => why = Some("unknown"),
            From::Elsewhere => (client.position, why) = (self.evicted, Some("unknown")),
            From::Ago(events) => {
                client.position = self.last().saturating_sub(events);
                why = self.skip(&mut client).then_some("evicted");
            }
        }
        client.opening = Some(match why {
            Some(why) => Seen::Gap(Some(client.position), why),
            None => Seen::Opening(client.position),
        });
        if let From::Now | From::Earliest | From::Last(_) = from {
            client.values = self.values(client.topics.iter(), client.position);
        }
        client
    }

    pub(crate) fn read(&self, client: &mut Client) -> Seen {
        if std::mem::take(&mut client.is_ended) {
            return Seen::Bye;
        }
        if client.is_over {
            return Seen::End;
        }
        if let Some(value) = client.values.pop_front() {
            return value;
        }
        match client.opening.take() {
            Some(Seen::Gap(_, why)) => return self.gap(client, why),
            Some(opening) => return opening,
            None => {}
        }
        if self.skip(client) {
            client.is_over = client.settings.ends;
            return self.gap(client, "overflow");
        }
        let next =
            self.kept().find(|(n, event)| *n > client.position && self.suits(*n, event, client));
        let Some((n, event)) = next else { return Seen::Nothing };
        client.position = n;
        if event.is_retained { Seen::Value(n, Some(n)) } else { Seen::Event(n) }
    }

    /// Tells of a gap, which is followed by what those topics retain of which only the newest event counts.
    fn gap(&self, client: &mut Client, why: &'static str) -> Seen {
        let latest = client.topics.iter().filter(|topic| client.wants_latest(topic));
        let mut values = self.values(latest, client.position);
        match values.back_mut() {
            Some(Seen::Value(_, id)) if !client.is_over => *id = Some(client.position),
            _ => return Seen::Gap(Some(client.position), why),
        }
        client.values = values;
        Seen::Gap(None, why)
    }

    /// Moves the client over evicted events that it has not read. Returns whether it misses any of them.
    fn skip(&self, client: &mut Client) -> bool {
        let from = client.position;
        client.position = from.max(self.evicted);
        let gone = || self.numbered().filter(|&(n, _)| n > from && n <= self.evicted);
        client.topics.iter().any(|topic| {
            let is_still_there = self.kept().any(|(_, event)| event.topics.contains(topic));
            let is_gone = gone().any(|(_, event)| event.topics.contains(topic));
            is_gone && !(client.wants_latest(topic) && is_still_there)
        })
    }

    fn suits(&self, n: u64, event: &Published, client: &Client) -> bool {
        let is_newest = |topic: &&&str| {
            !self.numbered().any(|(later, event)| later > n && event.topics.contains(*topic))
        };
        let mut common = client.topics.iter().filter(|topic| event.topics.contains(topic));
        common.any(|topic| !client.wants_latest(topic) || is_newest(&topic))
    }

    fn kept(&self) -> impl Iterator<Item = (u64, &Published)> {
        self.numbered().filter(|&(n, _)| n > self.evicted)
    }

    fn numbered(&self) -> impl Iterator<Item = (u64, &Published)> {
        (1..).zip(&self.all)
    }
}

impl Client {
    pub(crate) fn has(&self, topic: &str) -> bool {
        self.topics.contains(&topic)
    }

    pub(crate) fn end(&mut self) {
        self.is_ended |= !self.is_over;
        self.is_over = true;
    }

    fn wants_latest(&self, topic: &str) -> bool {
        self.latest.contains(topic)
    }

    fn wants(&self, event: &Published) -> bool {
        self.topics.iter().any(|topic| event.topics.contains(topic))
    }
}
