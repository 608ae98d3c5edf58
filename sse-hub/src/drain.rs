//! Ending all subscriptions, spread over a period of time.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sse_runtime::Event;
use tokio::sync::Notify;
use tokio::time::Instant;

/// The longest period, since timers have a limit.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Whether the hub is being drained, and how.
#[derive(Default)]
pub(crate) struct Drain {
    plan: OnceLock<Plan>,
    is_empty: Notify,
}

struct Plan {
    begin: Instant,
    over: Duration,
    subscriptions: usize,
    /// How many subscriptions have been told when to end.
    told: AtomicUsize,
}

impl Drain {
    pub(crate) fn has_begun(&self) -> bool {
        self.plan.get().is_some()
    }

    /// Begins draining, unless it has already begun. Returns when it will be over.
    pub(crate) fn begin(&self, over: Duration, subscriptions: usize) -> Instant {
        let plan = self.plan.get_or_init(|| Plan {
            begin: Instant::now(),
            over: over.min(LONGEST),
            subscriptions,
            told: AtomicUsize::new(0),
        });
        plan.begin + plan.over
    }

    /// When the next subscription to ask has to end, if the hub is being drained.
    pub(crate) fn next_end(&self) -> Option<Instant> {
        self.plan.get().map(Plan::next_end)
    }

    pub(crate) fn nobody_is_left(&self) {
        self.is_empty.notify_waiters();
    }

    /// Resolves when the last subscription is gone. To miss nothing, create this future first, and
    /// then check whether there are subscriptions.
    pub(crate) fn emptied(&self) -> impl Future<Output = ()> {
        self.is_empty.notified()
    }
}

impl Plan {
    /// Each subscription gets an equal part of the period, and ends at a random time within it.
    #[allow(clippy::cast_precision_loss, reason = "there are fewer than 2⁵² subscriptions")]
    fn next_end(&self) -> Instant {
        let part = self.told.fetch_add(1, Ordering::Relaxed) as f64 + fastrand::f64();
        let share = part / self.subscriptions.max(1) as f64;
        self.begin + self.over.mul_f64(share.min(1.0))
    }
}

/// Tells a client to come back after 1 to 3 seconds.
pub(crate) fn farewell() -> Event {
    Event::retry(Duration::from_millis(fastrand::u64(1000..=3000)))
}
