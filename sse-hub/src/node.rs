//! What a process holds of a hub: the log, and the tasks that wait for its next events.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use sse_runtime::Event;
use tokio::time::Instant;

use crate::drain::Drain;
use crate::engine::Message;
use crate::limits::Limits;
use crate::log::{Appended, History, Known, Log, TopicId};
use crate::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use crate::topics::Names;
use crate::waiting::Waiting;
use crate::{EventId, Gap, PublishError, Stats};

pub(crate) struct Node {
    log: RwLock<Log>,
    pub(crate) waiting: Arc<Waiting>,
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

    /// Adds the message as the next event, unless there would be too many topics.
    pub(crate) fn publish(&self, message: Message) -> Result<EventId, PublishError> {
        let log = self.log_mut();
        if !log.has_room_for(&message.topics) {
            return Err(PublishError::TooManyTopics);
        }
        Ok(self.append_to(log, &message.topics, message.event, Duration::ZERO))
    }

    /// Adds an event as the next one, which the engine accepted this long ago.
    #[cfg_attr(
        not(any(test, feature = "file", feature = "redis")),
        allow(dead_code, reason = "a hub in memory publishes to its node")
    )]
    pub(crate) fn append(&self, topics: &Names, event: Event, age: Duration) -> EventId {
        self.append_to(self.log_mut(), topics, event, age)
    }

    fn append_to(
        &self,
        mut log: RwLockWriteGuard<'_, Log>,
        topics: &Names,
        event: Event,
        age: Duration,
    ) -> EventId {
        let Appended { id, topics, evicted } = log.append(topics, event, age);
        drop(log);
        drop(evicted);
        self.appended.fetch_add(1, Ordering::Relaxed);
        self.waiting.wake(topics.as_slice());
        id
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
        let mut log = self.log_mut();
        log.unsubscribe(topics);
        let is_last = log.subscriptions() == 0;
        drop(log);
        if is_last {
            self.drain.nobody_is_left();
        }
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
        let mut log = self.log_mut();
        let evicted = log.evict(Instant::now());
        let stats = Stats {
            topics: log.topics(),
            subscriptions: log.subscriptions(),
            events: log.events(),
            bytes: log.bytes(),
            appended: self.appended.load(Ordering::Relaxed),
            age: log.age(),
            gaps_unknown: self.gaps_unknown.load(Ordering::Relaxed),
            gaps_overflow: self.gaps_overflow.load(Ordering::Relaxed),
            // Last, so that it is not less than its parts.
            gaps: self.gaps.load(Ordering::Relaxed),
            wakes: self.waiting.wakes(),
            connected: true,
            ..Stats::default()
        };
        drop(log);
        drop(evicted);
        stats
    }

    // A poisoned lock is fine: no code that could panic leaves the log half changed.
    pub(crate) fn log(&self) -> RwLockReadGuard<'_, Log> {
        self.log.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn log_mut(&self) -> RwLockWriteGuard<'_, Log> {
        self.log.write().unwrap_or_else(PoisonError::into_inner)
    }
}
