//! A hub's part in one process: the log, and the tasks that wait for its next events.

use std::future::poll_fn;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, PoisonError};
use std::task::Poll;
use std::time::Duration;

use sse_runtime::Event;
use tokio::time::Instant;

use crate::drain::{self, Drain};
use crate::error::{PublishError, TopicsError};
use crate::event_id::EventId;
use crate::few::Few;
use crate::limits::Limits;
use crate::log::{KnownTopics, Log, Origin, TopicId, Value};
use crate::message::{Group, Kind, Message};
use crate::positions::Gap;
use crate::stats::Stats;
use crate::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use crate::tags::{AT_ONCE, Here, Member, Tags};
use crate::topics::{MAX_TOPICS, Names};
use crate::waiting::{ALL_HAVE_LEFT, Registrations, Waiting, regardless_of_panics, wake_tasks};

/// How many events are added under one lock, so that others get the log in between.
const ADDED_AT_ONCE: usize = 128;

pub(crate) struct Node {
    log: RwLock<Log>,
    pub(crate) waiting: Arc<Waiting>,
    pub(crate) tags: Tags,
    pub(crate) drain: Drain,
    /// Where the history was when this node had read it, once it has one.
    begun: OnceLock<EventId>,
    gaps: AtomicU64,
    gaps_unknown: AtomicU64,
    gaps_overflow: AtomicU64,
    appended: AtomicU64,
}

impl Node {
    pub(crate) fn new(limits: &Limits, origin: Origin, known: KnownTopics) -> Self {
        Self {
            log: RwLock::new(Log::new(limits, origin, known)),
            waiting: Arc::default(),
            tags: Tags::default(),
            drain: Drain::default(),
            begun: EventId { epoch: origin.epoch, sequence: origin.through }.into(),
            gaps: AtomicU64::new(0),
            gaps_unknown: AtomicU64::new(0),
            gaps_overflow: AtomicU64::new(0),
            appended: AtomicU64::new(0),
        }
    }

    /// Creates a node that has no history yet. Its subscriptions wait for one.
    #[cfg(feature = "redis")]
    pub(crate) fn without_history(limits: &Limits) -> Self {
        let nothing = Self::new(limits, Origin::NONE, KnownTopics::nothing(0));
        Self { begun: OnceLock::new(), ..nothing }
    }

    pub(crate) fn has_begun(&self) -> bool {
        self.begun.get().is_some()
    }

    /// Notes that a node without a history has read one.
    #[cfg(feature = "redis")]
    pub(crate) fn begin(&self) {
        if self.begun.set(self.position()).is_ok() {
            self.waiting.wake_all();
        }
    }

    /// Returns where a subscription begins that was made at this position.
    pub(crate) fn beginning(&self, made_at: EventId) -> EventId {
        let is_later = made_at.epoch != Origin::NONE.epoch;
        if is_later { made_at } else { self.begun.get().copied().unwrap_or(made_at) }
    }

    pub(crate) fn position(&self) -> EventId {
        self.log().position()
    }

    /// Carries the messages out as the next in the order, for a hub in memory. There, only events take a sequence.
    pub(crate) fn publish(&self, group: Group) -> Result<EventId, PublishError> {
        let log = self.log_mut();
        log.check_room(&group)?;
        match group {
            Group { first: Message { kind: Kind::Forget(topic), .. }, .. } => {
                let before = { log }.forget(&topic);
                drop(before);
            }
            Group { first: Message { kind: Kind::End(tag), event, .. }, .. } => {
                drop(log);
                self.end(&tag, event);
            }
            Group { first, rest } if rest.is_empty() => {
                return Ok(self.append(log, first, Duration::ZERO));
            }
            group => return Ok(self.append_all(log, group.into_iter())),
        }
        Ok(self.position())
    }

    /// Carries out the message that is next in the engine's order, which accepted it this long ago.
    pub(crate) fn accept(&self, message: Message, age: Duration) -> EventId {
        match message {
            // Before the next event can be read.
            Message { kind: Kind::End(tag), event, .. } => {
                self.end(&tag, event);
                self.pass(age)
            }
            message => self.append(self.log_mut(), message, age),
        }
    }

    /// Carries out messages that the engine has just accepted, none of which ends subscriptions. Others get the log in
    /// between.
    pub(crate) fn accept_all(&self, messages: impl Iterator<Item = Message>) {
        let mut messages = messages.peekable();
        while messages.peek().is_some() {
            self.append_all(self.log_mut(), messages.by_ref().take(ADDED_AT_ONCE));
        }
    }

    /// Takes the next sequence for what is no event, so that sequences stay dense. It was taken this long ago.
    pub(crate) fn pass(&self, age: Duration) -> EventId {
        self.append(self.log_mut(), Message::nothing(), age)
    }

    fn append(&self, mut log: RwLockWriteGuard<'_, Log>, next: Message, age: Duration) -> EventId {
        let now = Instant::now();
        let (topics, _replaced) = add(&mut log, next, now, age);
        self.finish(log, now, 1, topics.as_slice())
    }

    /// Appends several at once, and returns the position of the last one.
    fn append_all(
        &self,
        mut log: RwLockWriteGuard<'_, Log>,
        messages: impl Iterator<Item = Message>,
    ) -> EventId {
        let now = Instant::now();
        let (mut count, mut topics, mut replaced) = (0, Vec::new(), Vec::new());
        for message in messages {
            let (its_topics, values) = add(&mut log, message, now, Duration::ZERO);
            count += 1;
            topics.extend_from_slice(its_topics.as_slice());
            replaced.extend(values);
        }
        self.finish(log, now, count, &topics)
    }

    /// Unlocks the log, to which this many events were added, and wakes the tasks that wait for them.
    fn finish(
        &self,
        mut log: RwLockWriteGuard<'_, Log>,
        now: Instant,
        count: u64,
        topics: &[TopicId],
    ) -> EventId {
        let evicted = log.evict(now);
        let (last, is_over_limit) = (log.position(), log.is_over_limit());
        drop(log);
        drop(evicted);
        self.appended.fetch_add(count, Ordering::Relaxed);
        self.waiting.wake(topics, last);
        if is_over_limit {
            self.evict_all();
        }
        last
    }

    /// Evicts everything that is over the limits, and lets others get the log in between.
    pub(crate) fn evict_all(&self) {
        let now = Instant::now();
        loop {
            let evicted = self.log_mut().evict(now);
            if evicted.as_slice().is_empty() {
                break;
            }
        }
    }

    /// Replaces the log, which can't be continued, by one of another history or from later on in this one.
    pub(crate) fn restart(&self, origin: Origin, known: KnownTopics) {
        let evicted = self.log_mut().restart(origin, known);
        drop(evicted);
        self.waiting.wake_all();
    }

    /// Adds a subscription. Returns its topics, and the position of the newest event.
    pub(crate) fn subscribe(&self, topics: &Names) -> (Vec<TopicId>, EventId) {
        let mut log = self.log_mut();
        let evicted = log.evict(Instant::now());
        let entered = (log.subscribe(topics), log.position());
        drop(log);
        drop(evicted);
        entered
    }

    /// Adds the topics with these names to a subscription that has `those`. Returns the new ones, or an error if
    /// it would have too many.
    pub(crate) fn enter(
        &self,
        names: &Names,
        those: &[TopicId],
    ) -> Result<Vec<TopicId>, TopicsError> {
        let mut log = self.log_mut();
        let is_new = |name: &&str| !log.topic(name).is_some_and(|id| those.contains(&id));
        let new: Vec<&str> = names.iter().filter(is_new).collect();
        if those.len() + new.len() > MAX_TOPICS {
            return Err(TopicsError::TooMany);
        }
        Ok(log.enter(new.into_iter()))
    }

    /// Removes these topics from a subscription.
    pub(crate) fn leave(&self, topics: impl Iterator<Item = TopicId>) {
        self.log_mut().leave(topics);
    }

    pub(crate) fn unsubscribe(&self, topics: impl Iterator<Item = TopicId>) {
        self.log_mut().unsubscribe(topics);
        self.wake_if_empty();
    }

    /// Ends the subscriptions with this tag.
    pub(crate) fn end(&self, tag: &str, last: Event) {
        let last = last.into_shared();
        for members in self.tags.take(tag) {
            self.end_some(&members, || last.clone());
        }
    }

    /// Ends all subscriptions that have any tag, when it can't be known any more which of them to end.
    pub(crate) fn end_tagged(&self) {
        let mut members = self.tags.take_all();
        loop {
            let some: Vec<_> = members.by_ref().take(AT_ONCE).collect();
            if some.is_empty() {
                break;
            }
            self.end_some(&some, drain::farewell);
        }
    }

    /// Ends subscriptions that are few enough for one lock of the log.
    fn end_some(&self, members: &[Arc<Member>], last: impl Fn() -> Event) {
        let ended: Vec<Here> = members.iter().filter_map(|member| member.end(last())).collect();
        let mut log = self.log_mut();
        for here in &ended {
            log.unsubscribe(here.topics.iter().copied());
        }
        drop(log);
        self.wake_if_empty();
        let (mut wakers, mut signals) = (Vec::new(), Vec::new());
        for here in ended {
            wakers.extend(here.waker);
            signals.extend(here.signals);
        }
        wake_tasks(wakers);
        for signal in signals {
            // Nobody may be waiting for it.
            regardless_of_panics(|| _ = signal.send(()));
        }
    }

    /// Wakes the tasks that wait until the hub is drained.
    fn wake_if_empty(&self) {
        if self.drain.has_begun() && self.is_empty() {
            self.waiting.wake_only(ALL_HAVE_LEFT);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.log().subscriptions() == 0
    }

    /// Waits until no subscription is left. The hub has to be draining.
    pub(crate) async fn emptied(&self) {
        let mut registration = Registrations::new(&self.waiting, [ALL_HAVE_LEFT]);
        poll_fn(|cx| {
            registration.register(cx.waker());
            if self.is_empty() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    pub(crate) fn drain(&self, over: Duration) -> Instant {
        let end = self.drain.begin(over, self.log().subscriptions());
        self.waiting.wake_all();
        end
    }

    pub(crate) fn count_gap(&self, gap: Gap) {
        self.gaps.fetch_add(1, Ordering::Relaxed);
        match gap {
            Gap::Unknown => _ = self.gaps_unknown.fetch_add(1, Ordering::Relaxed),
            Gap::Overflow => _ = self.gaps_overflow.fetch_add(1, Ordering::Relaxed),
            Gap::Evicted => {}
        }
    }

    pub(crate) fn stats(&self) -> Stats {
        self.evict_all();
        let log = self.log();
        Stats {
            topics: log.topics(),
            subscriptions: log.subscriptions(),
            events: log.events(),
            bytes: log.bytes(),
            retained: log.retained().len(),
            retained_bytes: log.retained().bytes(),
            appended: self.appended.load(Ordering::Relaxed),
            age: log.age(),
            gaps_unknown: self.gaps_unknown.load(Ordering::Relaxed),
            gaps_overflow: self.gaps_overflow.load(Ordering::Relaxed),
            // Read after its parts, so that it is no less than they are.
            gaps: self.gaps.load(Ordering::Relaxed),
            wakes: self.waiting.wakes(),
            connected: true,
            ..Stats::default()
        }
    }

    // A poisoned lock is fine: no code that could panic leaves the log half changed.
    pub(crate) fn log(&self) -> RwLockReadGuard<'_, Log> {
        self.log.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn log_mut(&self) -> RwLockWriteGuard<'_, Log> {
        self.log.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Adds an event, and has its topics retain it or forget what they retain, if its kind says so. Returns its topics, and
/// what these retained before, to be dropped while the log is not locked.
fn add(log: &mut Log, message: Message, now: Instant, age: Duration) -> (Few<TopicId>, Vec<Value>) {
    let replaced = match &message.kind {
        Kind::Retained => log.retain(&message.topics, &message.event),
        Kind::Forget(topic) => log.forget(topic).into_iter().collect(),
        Kind::Event | Kind::End(_) => Vec::new(),
    };
    (log.append(message, now, age), replaced)
}
