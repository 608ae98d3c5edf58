//! Reading the log.

use sse_runtime::{Event, LastEventId};

use super::directory::Topic;
use super::{Log, TopicId};
use crate::event_id::EventId;
use crate::positions::{Gap, Resumed, Start};

/// Where a subscription is in the hub's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cursor {
    epoch: u64,
    /// The sequence of the first event that has not been read.
    next: u64,
}

impl Cursor {
    pub(crate) fn after(position: EventId) -> Self {
        Self { epoch: position.epoch, next: position.sequence.saturating_add(1) }
    }

    /// Returns the position up to which everything has been read.
    pub(crate) fn position(self) -> EventId {
        EventId { epoch: self.epoch, sequence: self.next - 1 }
    }
}

/// A topic of a subscription.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Interest {
    pub(crate) topic: TopicId,
    /// Whether the subscription wants only the topic's newest event.
    pub(crate) latest: bool,
}

/// What a subscription finds at its cursor.
#[derive(Debug)]
pub(crate) enum Read {
    Event(Event),
    /// Something is missing here. The cursor has been moved over it.
    Gap(Gap),
    Nothing,
}

/// Where a subscription resumes.
#[derive(Debug, PartialEq)]
pub(crate) enum Found {
    At(Cursor, Resumed),
    /// The position is ahead of this node: it comes after all of its events, or belongs to another
    /// history, of which this node may not know yet.
    Ahead(EventId),
}

impl Log {
    /// Reads the next event of these topics, or with `latest`, the next that is the newest of its topic.
    pub(crate) fn read(
        &self,
        cursor: &mut Cursor,
        topics: impl Iterator<Item = Interest> + Clone,
    ) -> Read {
        if cursor.epoch != self.epoch {
            *cursor = self.oldest();
            return Read::Gap(Gap::Unknown);
        }
        if self.skip_evicted(cursor, topics.clone()) {
            return Read::Gap(Gap::Overflow);
        }
        let next = |of: Interest| {
            let find = if of.latest { Topic::newest_from } else { Topic::first_from };
            find(self.topics.get(of.topic)?, cursor.next)
        };
        match topics.filter_map(next).min() {
            None => Read::Nothing,
            Some(sequence) => {
                cursor.next = sequence + 1;
                Read::Event(self.event(sequence))
            }
        }
    }

    /// Moves the cursor over what was evicted, unless these topics miss any of that.
    pub(crate) fn pass_over_evicted(
        &self,
        cursor: &mut Cursor,
        topics: impl Iterator<Item = Interest>,
    ) {
        let mut after = *cursor;
        if after.epoch == self.epoch && !self.skip_evicted(&mut after, topics) {
            *cursor = after;
        }
    }

    /// Finds where to resume after an ID that a client sent.
    pub(crate) fn resume(
        &self,
        last: &LastEventId,
        topics: impl Iterator<Item = Interest>,
    ) -> Found {
        let Ok(position) = last.as_str().parse::<EventId>() else {
            return self.unknown();
        };
        if position.epoch != self.epoch || position.sequence > self.last {
            return Found::Ahead(position);
        }
        let mut cursor = Cursor::after(position);
        let has_lost = self.skip_evicted(&mut cursor, topics);
        Found::At(cursor, if has_lost { Resumed::Gap } else { Resumed::Complete })
    }

    /// Finds where to start if there is nothing to resume from, and whether any of the events that were asked for
    /// are gone. `now` was the newest position when the subscription was made.
    pub(crate) fn start(
        &self,
        at: Start,
        now: EventId,
        topics: impl Iterator<Item = Interest> + Clone,
    ) -> Found {
        let (cursor, has_all) = match at {
            Start::Now => (Cursor::after(now), true),
            Start::Earliest => (self.oldest(), false),
            Start::Last(count) => self.before_newest(count, now, topics.clone()),
        };
        let is_short = !has_all && self.misses(topics, 1);
        Found::At(cursor, if is_short { Resumed::Gap } else { Resumed::Fresh })
    }

    /// Returns where to resume if the client's position is unknown: before everything that is left.
    pub(crate) fn unknown(&self) -> Found {
        Found::At(self.oldest(), Resumed::Unknown)
    }

    /// Returns a cursor before the oldest event that is left.
    fn oldest(&self) -> Cursor {
        Cursor::after(self.id(self.evicted_through()))
    }

    /// Returns a cursor before the last `count` events up to `now`, counted over all of these topics, and whether
    /// there are as many.
    fn before_newest(
        &self,
        count: usize,
        now: EventId,
        topics: impl Iterator<Item = Interest>,
    ) -> (Cursor, bool) {
        let until_now = |topic: &Topic| {
            topic.newest().skip_while(|&event| event > now.sequence).take(count).collect::<Vec<_>>()
        };
        let topics = topics.filter_map(|of| self.topics.get(of.topic));
        let mut newest: Vec<u64> = topics.flat_map(until_now).collect();
        newest.sort_unstable_by(|a, b| b.cmp(a));
        newest.dedup();
        newest.truncate(count);
        let cursor = match newest.last() {
            Some(&first) => Cursor { epoch: now.epoch, next: first },
            None => Cursor::after(now),
        };
        (cursor, newest.len() == count)
    }

    /// Moves the cursor over what was evicted. Returns whether the subscription misses any of it.
    fn skip_evicted(&self, cursor: &mut Cursor, topics: impl Iterator<Item = Interest>) -> bool {
        let next = cursor.next;
        if next > self.evicted_through() {
            return false;
        }
        *cursor = self.oldest();
        self.misses(topics, next)
    }

    /// Returns whether an event at or after this sequence is gone. With `latest`, none is missed as long as the
    /// newest is there.
    fn misses(&self, mut topics: impl Iterator<Item = Interest>, from: u64) -> bool {
        topics.any(|Interest { topic, latest }| {
            let misses = |topic: &Topic| topic.has_lost(from) && !(latest && topic.has_events());
            self.topics.get(topic).is_some_and(misses)
        })
    }
}
