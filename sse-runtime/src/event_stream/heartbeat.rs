//! The heartbeat: a sign of life at a fixed interval, so that proxies and clients
//! do not take a quiet connection for a dead one.

use std::pin::Pin;
use std::task::{Context, Waker};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

const DEFAULT_INTERVAL: Duration = Duration::from_secs(30);

pub(crate) struct Heartbeat {
    /// Never zero.
    interval: Option<Duration>,
    /// Known from the first poll on.
    next: Option<Instant>,
    /// Made when the stream first waits.
    timer: Option<Pin<Box<Sleep>>>,
}

impl Default for Heartbeat {
    fn default() -> Self {
        Self { interval: Some(DEFAULT_INTERVAL), next: None, timer: None }
    }
}

impl Heartbeat {
    pub(crate) fn set_interval(&mut self, interval: Option<Duration>) {
        self.interval = interval.filter(|interval| !interval.is_zero());
    }

    /// Starts the first interval now, if it has not been started yet.
    pub(crate) fn start(&mut self) {
        if let (None, Some(interval)) = (self.next, self.interval) {
            self.next = Instant::now().checked_add(interval);
            if self.next.is_none() {
                // The next beat is beyond the end of time.
                self.interval = None;
            }
        }
    }

    /// Returns whether a beat is due. The waker is woken when the next one is.
    pub(crate) fn poll(&mut self, waker: &Waker) -> bool {
        let (Some(interval), Some(next)) = (self.interval, &mut self.next) else {
            return false;
        };
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(*next)));
        let mut due = false;
        while timer.as_mut().poll(&mut Context::from_waker(waker)).is_ready() {
            due = true;
            *next = beat_after(*next, interval, Instant::now());
            timer.as_mut().reset(*next);
        }
        due
    }
}

/// Returns the next beat of the fixed interval. Those that a stall has missed aren't made up for.
fn beat_after(last: Instant, interval: Duration, now: Instant) -> Instant {
    let late = now.saturating_duration_since(last).as_nanos() % interval.as_nanos();
    let late = Duration::from_nanos(u64::try_from(late).unwrap_or(u64::MAX));
    now + interval.saturating_sub(late)
}
