//! What a process holds of a hub: the log, and the tasks that wait for its next events.

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
use crate::limits::Limits;
use crate::log::{Appended, History, Known, Log, TopicId, Value};
use crate::message::{Group, Kind, Message};
use crate::outcome::Gap;
use crate::stats::Stats;
use crate::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use crate::tags::{AT_ONCE, Here, Member, Tags};
use crate::topics::{MAX_TOPICS, Names};
use crate::waiting::{ALL_HAVE_LEFT, Places, Waiting, regardless_of_panics, wake_tasks};

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
    pub(crate) fn new(limits: &Limits, history: History, known: Known) -> Self {
        Self {
            log: RwLock::new(Log::new(limits, history, known)),
            waiting: Arc::default(),
            tags: Tags::default(),
            drain: Drain::default(),
            begun: EventId { epoch: history.epoch, sequence: history.through }.into(),
            gaps: AtomicU64::new(0),
            gaps_unknown: AtomicU64::new(0),
            gaps_overflow: AtomicU64::new(0),
            appended: AtomicU64::new(0),
        }
    }

    /// A node that has no history yet. Its subscriptions wait for one.
    #[cfg(feature = "redis")]
    pub(crate) fn without_history(limits: &Limits) -> Self {
        let nothing = Self::new(limits, History::NONE, Known::nothing(0));
        Self { begun: OnceLock::new(), ..nothing }
    }

    pub(crate) fn has_begun(&self) -> bool {
        self.begun.get().is_some()
    }

    /// It has read a history up to its end, if it had none.
    #[cfg(feature = "redis")]
    pub(crate) fn begin(&self) {
        if self.begun.set(self.position()).is_ok() {
            self.waiting.wake_all();
        }
    }

    /// Where a subscription begins that was made at this position.
    pub(crate) fn beginning(&self, made_at: EventId) -> EventId {
        let is_later = made_at.epoch != History::NONE.epoch;
        if is_later { made_at } else { self.begun.get().copied().unwrap_or(made_at) }
    }

    pub(crate) fn position(&self) -> EventId {
        self.log().position()
    }

    /// Does what the messages say, as the next in the order. In memory, only events need a place there.
    pub(crate) fn publish(&self, group: Group) -> Result<EventId, PublishError> {
        let mut log = self.log_mut();
        log.check_room(&group)?;
        match group {
            Group { first: Message { kind: Kind::Forget(topic), .. }, .. } => {
                drop(forget(log, &topic));
            }
            Group { first: Message { kind: Kind::End(tag), event, .. }, .. } => {
                drop(log);
                self.end(&tag, event);
            }
            Group { first, rest } if rest.is_empty() => {
                return Ok(self.append(log, first, Duration::ZERO));
            }
            group => {
                let append = |message| add(&mut log, message, Duration::ZERO);
                let added: Vec<Added> = group.into_iter().map(append).collect();
                drop(log);
                for added in added {
                    self.tell(added);
                }
            }
        }
        Ok(self.position())
    }

    /// Does what the engine accepted this long ago, which is next in its order.
    pub(crate) fn accept(&self, message: Message, age: Duration) -> EventId {
        match message.kind {
            Kind::Event | Kind::Retained => return self.append(self.log_mut(), message, age),
            Kind::Forget(topic) => drop(forget(self.log_mut(), &topic)),
            // Before what comes next can be read.
            Kind::End(tag) => self.end(&tag, message.event),
        }
        self.pass(age)
    }

    /// Passes over a place in the order that was taken this long ago, where nobody finds anything.
    pub(crate) fn pass(&self, age: Duration) -> EventId {
        self.append(self.log_mut(), Message::nothing(), age)
    }

    fn append(&self, mut log: RwLockWriteGuard<'_, Log>, event: Message, age: Duration) -> EventId {
        let added = add(&mut log, event, age);
        drop(log);
        self.tell(added)
    }

    /// Wakes those who wait for what was added to the log.
    fn tell(&self, Added { appended, before }: Added) -> EventId {
        let Appended { id, topics, is_too_much, evicted } = appended;
        drop((before, evicted));
        self.appended.fetch_add(1, Ordering::Relaxed);
        self.waiting.wake(topics.as_slice(), id);
        if is_too_much {
            self.evict_all();
        }
        id
    }

    /// Evicts all that is to go, but lets others have the log in between.
    pub(crate) fn evict_all(&self) {
        let now = Instant::now();
        loop {
            let evicted = self.log_mut().evict(now);
            if evicted.is_empty() {
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
        for members in self.tags.take(tag) {
            self.end_some(&members, || last.clone());
        }
    }

    /// Sends those away that have tags, since whom of them to end can't be known any more.
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

    fn end_some(&self, members: &[Arc<Member>], last: impl Fn() -> Event) {
        let ended: Vec<Here> = members.iter().filter_map(|member| member.end(last())).collect();
        let mut log = self.log_mut();
        for here in &ended {
            log.unsubscribe(here.topics.iter().copied());
        }
        drop(log);
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

/// What has come of an event that was added to the log.
struct Added {
    appended: Appended,
    /// What its topics retained before.
    before: Option<Vec<Value>>,
}

/// Adds an event, which its topics may retain.
fn add(log: &mut Log, Message { topics, event, kind }: Message, age: Duration) -> Added {
    let before = matches!(kind, Kind::Retained).then(|| log.retain(&topics, &event));
    Added { appended: log.append(&topics, event, age), before }
}

/// Returns what the topic has retained, to be dropped while the log is not locked.
fn forget(mut log: RwLockWriteGuard<'_, Log>, topic: &str) -> Option<Value> {
    log.forget(topic)
}
