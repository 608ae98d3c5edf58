//! The heartbeat: a sign of life at a fixed interval, so that proxies and clients
//! do not take a quiet connection for a dead one.

use std::pin::Pin;
use std::task::{Context, Waker};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::time::{Instant, Sleep, sleep_until};

const DEFAULT_INTERVAL: Duration = Duration::from_secs(30);

pub(crate) enum Heartbeat {
    Off,
    /// Not started. The interval is never zero.
    Every(Duration),
    Started(Pin<Box<Beats>>),
}

pin_project! {
    pub(crate) struct Beats {
        interval: Duration,
        next: Instant,
        // Made when the stream first waits.
        #[pin]
        timer: Option<Sleep>,
    }
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
        *self = Instant::now().checked_add(interval).map_or(Self::Off, |next| {
            Self::Started(Box::pin(Beats { interval, next, timer: None }))
        });
    }

    /// Returns whether a beat is due. The waker is woken when the next one is.
    pub(crate) fn poll(&mut self, waker: &Waker) -> bool {
        let Self::Started(beats) = self else { return false };
        beats.as_mut().poll(&mut Context::from_waker(waker))
    }
}

impl Beats {
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> bool {
        let mut this = self.project();
        if this.timer.is_none() {
            this.timer.set(Some(sleep_until(*this.next)));
        }
        let mut due = false;
        while let Some(mut timer) = this.timer.as_mut().as_pin_mut()
            && timer.as_mut().poll(cx).is_ready()
        {
            due = true;
            *this.next = beat_after(*this.next, *this.interval, Instant::now());
            timer.reset(*this.next);
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
