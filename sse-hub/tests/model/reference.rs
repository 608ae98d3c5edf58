//! What a hub should do, by looking through all that was ever published.

use std::collections::BTreeSet;
use std::time::Duration;

use super::steps::{From, MAX_BYTES, WINDOW};

struct Published {
    topics: Vec<&'static str>,
    bytes: usize,
    time: Duration,
}

/// What events take in a log.
#[derive(Clone, Copy)]
pub(crate) struct Costs {
    /// An event without data or topics.
    pub(crate) event: usize,
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
    costs: Costs,
}

/// A client, as the reference sees it.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) topics: Vec<&'static str>,
    pub(crate) latest: bool,
    pub(crate) ends: bool,
    /// What it has received up to.
    pub(crate) position: u64,
    is_over: bool,
    opening: Option<Seen>,
}

/// What a client sees next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    Opening(u64),
    Event(u64),
    Gap(u64, &'static str),
    Nothing,
    End,
}

impl Reference {
    pub(crate) fn new(costs: Costs) -> Self {
        Self { all: Vec::new(), evicted: 0, costs }
    }

    pub(crate) fn last(&self) -> u64 {
        self.all.len() as u64
    }

    /// The data takes this many bytes.
    pub(crate) fn publish(&mut self, topics: Vec<&'static str>, data: usize, time: Duration) {
        let bytes = self.costs.event + self.costs.place * topics.len() + data;
        self.all.push(Published { topics, bytes, time });
        self.evict(time);
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
        (latest, ends): (bool, bool),
    ) -> Client {
        let mut client =
            Client { topics, latest, ends, position: self.last(), is_over: false, opening: None };
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
            Some(why) => Seen::Gap(client.position, why),
            None => Seen::Opening(client.position),
        });
        client
    }

    pub(crate) fn read(&self, client: &mut Client) -> Seen {
        if client.is_over {
            return Seen::End;
        }
        if let Some(opening) = client.opening.take() {
            return opening;
        }
        if self.skip(client) {
            client.is_over = client.ends;
            return Seen::Gap(client.position, "overflow");
        }
        let next =
            self.kept().find(|(n, event)| *n > client.position && self.suits(*n, event, client));
        let Some((n, _)) = next else { return Seen::Nothing };
        client.position = n;
        Seen::Event(n)
    }

    /// Over what is gone, if the client has not read that: whether it misses something.
    fn skip(&self, client: &mut Client) -> bool {
        let from = client.position;
        client.position = from.max(self.evicted);
        let gone = || self.numbered().filter(|&(n, _)| n > from && n <= self.evicted);
        client.topics.iter().any(|topic| {
            let is_still_there = self.kept().any(|(_, event)| event.topics.contains(topic));
            let is_gone = gone().any(|(_, event)| event.topics.contains(topic));
            is_gone && !(client.latest && is_still_there)
        })
    }

    fn suits(&self, n: u64, event: &Published, client: &Client) -> bool {
        let is_newest = |topic: &&&str| {
            !self.numbered().any(|(later, event)| later > n && event.topics.contains(*topic))
        };
        let mut common = client.topics.iter().filter(|topic| event.topics.contains(topic));
        if client.latest { common.any(|topic| is_newest(&topic)) } else { common.next().is_some() }
    }

    fn kept(&self) -> impl Iterator<Item = (u64, &Published)> {
        self.numbered().filter(|&(n, _)| n > self.evicted)
    }

    fn numbered(&self) -> impl Iterator<Item = (u64, &Published)> {
        (1..).zip(&self.all)
    }
}

impl Client {
    fn wants(&self, event: &Published) -> bool {
        self.topics.iter().any(|topic| event.topics.contains(topic))
    }
}
