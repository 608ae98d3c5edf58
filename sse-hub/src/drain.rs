//! Ending all subscriptions, spread over a time.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sse_runtime::Event;
use tokio::sync::Notify;
use tokio::time::Instant;

/// The longest that it takes, as timers need a bound.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Whether and how the hub of this process is being drained.
#[derive(Default)]
pub(crate) struct Drain {
    plan: OnceLock<Plan>,
    is_empty: Notify,
}

struct Plan {
    begin: Instant,
    over: Duration,
    subscriptions: usize,
    /// How many subscriptions know when they end.
    told: AtomicUsize,
}

impl Drain {
    pub(crate) fn has_begun(&self) -> bool {
        self.plan.get().is_some()
    }

    /// Begins, unless it has begun, and tells when it is over.
    pub(crate) fn begin(&self, over: Duration, subscriptions: usize) -> Instant {
        let plan = self.plan.get_or_init(|| Plan {
            begin: Instant::now(),
            over: over.min(LONGEST),
            subscriptions,
            told: AtomicUsize::new(0),
        });
        plan.begin + plan.over
    }

    /// When a subscription that asks for the first time is to end.
    pub(crate) fn next_end(&self) -> Option<Instant> {
        self.plan.get().map(Plan::next_end)
    }

    pub(crate) fn nobody_is_left(&self) {
        self.is_empty.notify_waiters();
    }

    /// Resolves when the last subscription is gone. The caller checks whether one is there after
    /// it has made this future.
    pub(crate) fn emptied(&self) -> impl Future<Output = ()> {
        self.is_empty.notified()
    }
}

impl Plan {
    /// Each has an equal part of the time, and its end anywhere in it.
    #[allow(clippy::cast_precision_loss, reason = "there are fewer than 2⁵² subscriptions")]
    fn next_end(&self) -> Instant {
        let part = self.told.fetch_add(1, Ordering::Relaxed) as f64 + fastrand::f64();
        let share = part / self.subscriptions.max(1) as f64;
        self.begin + self.over.mul_f64(share.min(1.0))
    }
}

/// The client's farewell: it comes back after 1 to 3 seconds.
pub(crate) fn farewell() -> Event {
    Event::retry(Duration::from_millis(fastrand::u64(1000..=3000)))
}
