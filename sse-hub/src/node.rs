//! What a process holds of a hub: the log, and the tasks that wait for its next events.

use std::future::poll_fn;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};
use std::task::Poll;
use std::time::Duration;

use sse_runtime::Event;
use tokio::time::Instant;

use crate::drain::Drain;
use crate::engine::Message;
use crate::limits::Limits;
use crate::log::{Appended, History, Known, Log, TopicId};
use crate::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use crate::topics::Names;
use crate::waiting::{ALL_HAVE_LEFT, Places, Waiting};
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
        let Appended { id, topics, is_too_much, evicted } = log.append(topics, event, age);
        drop(log);
        drop(evicted);
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
        let mut log = self.log_mut();
        log.unsubscribe(topics);
        let is_last = log.subscriptions() == 0;
        drop(log);
        if is_last && self.drain.has_begun() {
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
