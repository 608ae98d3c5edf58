//! The heartbeat: a sign of life at a fixed interval, so that proxies and clients
//! do not take a quiet connection for a dead one.

use std::pin::Pin;
use std::task::{Context, Waker};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

const DEFAULT_INTERVAL: Duration = Duration::from_secs(30);

pub(crate) enum Heartbeat {
    Off,
    /// Not started. The interval is never zero.
    Every(Duration),
    /// Started, with the time of the first beat. There is no timer before the stream waits.
    Started(Box<(Duration, Instant)>),
    Beating(Duration, Pin<Box<Sleep>>),
}

impl Default for Heartbeat {
    fn default() -> Self {
        Self::Every(DEFAULT_INTERVAL)
    }
}

impl Heartbeat {
    pub(crate) fn set_interval(&mut self, interval: Option<Duration>) {
        let interval = interval.filter(|interval| !interval.is_zero());
        *self = interval.map_or(Self::Off, Self::Every);
    }

    /// Starts the first interval now, if it has not been started yet.
    pub(crate) fn start(&mut self) {
        let Self::Every(interval) = *self else { return };
        // Otherwise the first beat is beyond the end of time.
        let first = Instant::now().checked_add(interval);
        *self = first.map_or(Self::Off, |first| Self::Started(Box::new((interval, first))));
    }

    /// Returns whether a beat is due. The waker is woken when the next one is.
    pub(crate) fn poll(&mut self, waker: &Waker) -> bool {
        if let Self::Started(started) = self {
            let (interval, first) = **started;
            *self = Self::Beating(interval, Box::pin(sleep_until(first)));
        }
        let Self::Beating(interval, timer) = self else { return false };
        let mut due = false;
        while timer.as_mut().poll(&mut Context::from_waker(waker)).is_ready() {
            due = true;
            let next = beat_after(timer.deadline(), *interval, Instant::now());
            timer.as_mut().reset(next);
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
