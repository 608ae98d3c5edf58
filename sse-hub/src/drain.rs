//! Ending all subscriptions, spread over a period of time.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;

use sse_runtime::Event;
use tokio::time::Instant;

use crate::sync::{AtomicBool, Mutex, MutexGuard};

/// The longest period: timers have a limit.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// How long to wait for a subscription that isn't polled at its time.
pub(crate) const GRACE: Duration = Duration::from_secs(1);

/// Whether the hub is being drained, and how.
#[derive(Default)]
pub(crate) struct Drain {
    /// Whether there is a plan. Every subscription asks at each poll, so this needs no lock.
    has_begun: AtomicBool,
    plan: Mutex<Option<Plan>>,
}

struct Plan {
    begin: Instant,
    over: Duration,
    subscriptions: usize,
    /// How many subscriptions have been given a time.
    given: usize,
}

impl Drain {
    pub(crate) fn has_begun(&self) -> bool {
        self.has_begun.load(Ordering::Acquire)
    }

    /// Begins draining, unless it has already begun. Returns when it will be over.
    pub(crate) fn begin(&self, over: Duration, subscriptions: usize) -> Instant {
        let begin = Instant::now();
        let over = over.min(LONGEST);
        let mut plan = self.plan();
        let plan = plan.get_or_insert(Plan { begin, over, subscriptions, given: 0 });
        self.has_begun.store(true, Ordering::Release);
        plan.begin + plan.over
    }

    /// Returns when the subscription that asks has to end, if the hub is being drained.
    pub(crate) fn next_end(&self) -> Option<Instant> {
        if !self.has_begun() {
            return None;
        }
        self.plan().as_mut().map(Plan::next_end)
    }

    fn plan(&self) -> MutexGuard<'_, Option<Plan>> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Plan {
    /// Gives a subscription an equal part of the period, and a random time within that part.
    #[allow(clippy::cast_precision_loss, reason = "there are fewer than 2⁵² subscriptions")]
    fn next_end(&mut self) -> Instant {
        let part = self.given as f64 + fastrand::f64();
        self.given += 1;
        let share = part / self.subscriptions.max(1) as f64;
        self.begin + self.over.mul_f64(share.min(1.0))
    }
}

/// Returns the last event of a drained stream: the client comes back after 1 to 3 seconds.
pub(crate) fn farewell() -> Event {
    Event::retry(Duration::from_millis(fastrand::u64(1000..=3000)))
}
