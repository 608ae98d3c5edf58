//! What a process holds of a hub: the log, and the tasks that wait for its next events.

use std::future::poll_fn;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};
use std::task::Poll;
use std::time::Duration;

use sse_runtime::Event;
use tokio::time::Instant;

use crate::drain::{self, Drain};
use crate::engine::{Kind, Message};
use crate::limits::Limits;
use crate::log::{Appended, History, Known, Log, TopicId, Value};
use crate::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use crate::tags::{Here, Member, Tags};
use crate::topics::Names;
use crate::waiting::{ALL_HAVE_LEFT, Places, Waiting, wake_tasks};
use crate::{EventId, Gap, PublishError, Stats};

/// How many subscriptions leave the log while it is locked, at most.
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

    /// Does what the message says, as the next in the order. In memory, only events need a place there.
    pub(crate) fn publish(&self, message: Message) -> Result<EventId, PublishError> {
        let log = self.log_mut();
        log.check_room(&message)?;
        let Message { topics, event, kind } = message;
        match kind {
            Kind::Event | Kind::Retained => {
                return Ok(self.append_to(log, &topics, event, Duration::ZERO, kind));
            }
            Kind::Forget(topic) => drop(forget(log, &topic)),
            Kind::End(tag) => {
                drop(log);
                self.end(&tag, event);
            }
        }
        Ok(self.position())
    }

    /// Does what the engine accepted this long ago, which is next in its order.
    #[cfg_attr(
        not(any(test, feature = "file", feature = "redis")),
        allow(dead_code, reason = "a hub in memory publishes to its node")
    )]
    pub(crate) fn accept(&self, message: Message, age: Duration) -> EventId {
        let Message { topics, event, kind } = message;
        match &kind {
            Kind::Event | Kind::Retained => {
                return self.append_to(self.log_mut(), &topics, event, age, kind);
            }
            Kind::Forget(topic) => drop(forget(self.log_mut(), topic)),
            // Before what comes next can be read.
            Kind::End(tag) => self.end(tag, event),
        }
        // It has a place in the order, where nobody finds anything.
        self.append_to(self.log_mut(), &Names::none(), Event::empty(), age, Kind::Event)
    }

    fn append_to(
        &self,
        mut log: RwLockWriteGuard<'_, Log>,
        topics: &Names,
        event: Event,
        age: Duration,
        kind: Kind,
    ) -> EventId {
        let before = matches!(kind, Kind::Retained).then(|| log.retain(topics, &event));
        let Appended { id, topics, is_too_much, evicted } = log.append(topics, event, age);
        drop(log);
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
    #[cfg_attr(
        not(any(test, feature = "redis")),
        allow(dead_code, reason = "a hub in one process has one history")
    )]
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

    pub(crate) fn unsubscribe(&self, topics: impl Iterator<Item = TopicId>) {
        self.log_mut().unsubscribe(topics);
        self.tell_if_empty();
    }

    /// Ends the subscriptions with this tag.
    pub(crate) fn end(&self, tag: &str, last: Event) {
        let last = last.into_shared();
        self.end_all(self.tags.take(tag), || last.clone());
    }

    /// Sends those away that have tags, since whom of them to end can't be known any more.
    #[cfg_attr(
        not(feature = "redis"),
        allow(dead_code, reason = "a hub in one process knows whom to end")
    )]
    pub(crate) fn end_tagged(&self) {
        self.end_all(self.tags.take_all(), drain::farewell);
    }

    fn end_all(&self, members: Vec<Arc<Member>>, last: impl Fn() -> Event) {
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
        wake_tasks(ended.into_iter().filter_map(|here| here.waker).collect());
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

/// Returns what the topic has retained, to be dropped while the log is not locked.
fn forget(mut log: RwLockWriteGuard<'_, Log>, topic: &str) -> Option<Value> {
    log.forget(topic)
}
