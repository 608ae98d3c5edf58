//! What a process holds of a hub: the log, and the tasks that wait for its next events.

use std::future::poll_fn;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};
use std::task::Poll;
use std::time::Duration;

use sse_runtime::Event;
use tokio::time::Instant;

use crate::drain::{self, Drain};
use crate::error::{PublishError, TopicsError};
use crate::event_id::EventId;
use crate::few::Few;
use crate::limits::Limits;
use crate::log::{History, Known, Log, TopicId, Value};
use crate::message::{Group, Kind, Message};
use crate::outcome::Gap;
use crate::stats::Stats;
use crate::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use crate::tags::{Here, Member, Tags};
use crate::topics::{MAX_TOPICS, Names};
use crate::waiting::{ALL_HAVE_LEFT, Places, Waiting, regardless_of_panics, wake_tasks};

/// How many subscriptions leave the log while it is locked, or events are added, at most.
const AT_ONCE: usize = 128;

pub(crate) struct Node {
    log: RwLock<Log>,
    pub(crate) waiting: Arc<Waiting>,
    pub(crate) tags: Tags,
    pub(crate) drain: Drain,
    gaps: AtomicU64,
    gaps_unknown: AtomicU64,
    gaps_overflow: AtomicU64,
    appended: AtomicU64,
}

impl Node {
    pub(crate) fn new(limits: &Limits, history: History, known: Known) -> Self {
        Self {
            log: RwLock::new(Log::new(limits, history, known)),
            waiting: Arc::default(),
            tags: Tags::default(),
            drain: Drain::default(),
            gaps: AtomicU64::new(0),
            gaps_unknown: AtomicU64::new(0),
            gaps_overflow: AtomicU64::new(0),
            appended: AtomicU64::new(0),
        }
    }

    pub(crate) fn position(&self) -> EventId {
        self.log().position()
    }

    /// Does what the messages say, as the next in the order. In memory, only events need a place there.
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

    /// Does what the engine accepted this long ago, which is next in its order.
    pub(crate) fn accept(&self, message: Message, age: Duration) -> EventId {
        match message {
            // Before what comes next can be read.
            Message { kind: Kind::End(tag), event, .. } => {
                self.end(&tag, event);
                self.pass(age)
            }
            message => self.append(self.log_mut(), message, age),
        }
    }

    /// Does what the engine has accepted just now, which ends no subscription, but lets others have the log in between.
    pub(crate) fn accept_all(&self, messages: impl Iterator<Item = Message>) {
        let mut messages = messages.peekable();
        while messages.peek().is_some() {
            self.append_all(self.log_mut(), messages.by_ref().take(AT_ONCE));
        }
    }

    /// Passes over a place in the order that was taken this long ago, where nobody finds anything.
    pub(crate) fn pass(&self, age: Duration) -> EventId {
        let nothing = Message::event(Names::none(), Event::empty());
        self.append(self.log_mut(), nothing, age)
    }

    fn append(&self, mut log: RwLockWriteGuard<'_, Log>, next: Message, age: Duration) -> EventId {
        let now = Instant::now();
        let (topics, _before) = add(&mut log, next, now, age);
        self.finish(log, now, 1, topics.as_slice())
    }

    /// Appends several at once, and returns the position of the last one.
    fn append_all(
        &self,
        mut log: RwLockWriteGuard<'_, Log>,
        messages: impl Iterator<Item = Message>,
    ) -> EventId {
        let now = Instant::now();
        let (mut count, mut topics, mut before) = (0, Vec::new(), Vec::new());
        for message in messages {
            let (its_topics, retained) = add(&mut log, message, now, Duration::ZERO);
            count += 1;
            topics.extend_from_slice(its_topics.as_slice());
            before.extend(retained);
        }
        self.finish(log, now, count, &topics)
    }

    /// Unlocks the log, to which this many events were added, and wakes those who wait for them.
    fn finish(
        &self,
        mut log: RwLockWriteGuard<'_, Log>,
        now: Instant,
        count: u64,
        topics: &[TopicId],
    ) -> EventId {
        let evicted = log.evict(now);
        let (last, is_too_much) = (log.position(), log.is_too_much());
        drop(log);
        drop(evicted);
        self.appended.fetch_add(count, Ordering::Relaxed);
        self.waiting.wake(topics, last);
        if is_too_much {
            self.evict_all();
        }
        last
    }

    /// Evicts all that is to go, but lets others have the log in between.
    pub(crate) fn evict_all(&self) {
        let now = Instant::now();
        loop {
            let evicted = self.log_mut().evict(now);
            if evicted.as_slice().is_empty() {
                break;
            }
        }
    }

    /// Begins anew after what can't be continued: with another history, or further on in this one.
    pub(crate) fn restart(&self, history: History, known: Known) {
        let evicted = self.log_mut().restart(history, known);
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

    /// Adds these topics to a subscription that has those, unless it would have too many. Returns the new ones.
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

    /// Takes these topics from a subscription.
    pub(crate) fn leave(&self, topics: impl Iterator<Item = TopicId>) {
        self.log_mut().leave(topics);
    }

    pub(crate) fn unsubscribe(&self, topics: impl Iterator<Item = TopicId>) {
        self.log_mut().unsubscribe(topics);
        self.tell_if_empty();
    }

    /// Ends the subscriptions with this tag.
    pub(crate) fn end(&self, tag: &str, last: Event) {
        let last = last.into_shared();
        self.end_all(&self.tags.take(tag), || last.clone());
    }

    /// Sends those away that have tags, since whom of them to end can't be known any more.
    pub(crate) fn end_tagged(&self) {
        self.end_all(&self.tags.take_all(), drain::farewell);
    }

    fn end_all(&self, members: &[Arc<Member>], last: impl Fn() -> Event) {
        let ended = members.iter().filter_map(|member| member.end(last()));
        let ended: Vec<Here> = ended.collect();
        // So that others have the log in between.
        for some in ended.chunks(AT_ONCE) {
            let mut log = self.log_mut();
            for here in some {
                log.unsubscribe(here.topics.iter().copied());
            }
        }
        self.tell_if_empty();
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

    /// Tells those who wait until the hub is drained.
    fn tell_if_empty(&self) {
        if self.drain.has_begun() && self.is_empty() {
            self.waiting.wake_only(ALL_HAVE_LEFT);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.log().subscriptions() == 0
    }

    /// Resolves when no subscription is left, once the hub is being drained.
    pub(crate) async fn emptied(&self) {
        let mut place = Places::new(&self.waiting, [ALL_HAVE_LEFT]);
        poll_fn(|cx| {
            place.register(cx.waker());
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
            // Last, so that it is not less than its parts.
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

/// Adds an event, which its topics may retain, or which has one forget. Returns its topics, and what these have retained
/// before, to be dropped while the log is not locked.
fn add(log: &mut Log, message: Message, now: Instant, age: Duration) -> (Few<TopicId>, Vec<Value>) {
    let before = match &message.kind {
        Kind::Retained => log.retain(&message.topics, &message.event),
        Kind::Forget(topic) => log.forget(topic).into_iter().collect(),
        Kind::Event | Kind::End(_) => Vec::new(),
    };
    (log.append(message, now, age), before)
}
