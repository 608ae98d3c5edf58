//! The heartbeat: a sign of life at a fixed interval, so that proxies and clients
//! do not take a quiet connection for a dead one.

use std::borrow::Cow;
use std::pin::Pin;
use std::task::Context;
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

use crate::Event;
use crate::encode::{HEARTBEAT, encode};

const DEFAULT_INTERVAL: Duration = Duration::from_secs(30);

pub(crate) struct Heartbeat {
    /// Never zero.
    interval: Option<Duration>,
    beat: Cow<'static, [u8]>,
    /// Set by the first poll.
    timer: Option<Pin<Box<Sleep>>>,
}

impl Default for Heartbeat {
    fn default() -> Self {
        Self { interval: Some(DEFAULT_INTERVAL), beat: HEARTBEAT.into(), timer: None }
    }
}

impl Heartbeat {
    pub(crate) fn set_interval(&mut self, interval: Option<Duration>) {
        self.interval = interval.filter(|interval| !interval.is_zero());
    }

    pub(crate) fn set_event(&mut self, event: &Event) {
        let mut beat = Vec::new();
        encode(event, &mut beat);
        self.beat = beat.into();
    }

    /// Starts the first interval at `now`, if none has been started yet.
    pub(crate) fn start(&mut self, now: Instant) {
        if self.timer.is_none()
            && let Some(first) = self.interval.and_then(|interval| now.checked_add(interval))
        {
            self.timer = Some(Box::pin(sleep_until(first)));
        }
    }

    /// Appends a beat if one is due; else sees to it that the task wakes for the next.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>, out: &mut Vec<u8>) {
        let (Some(timer), Some(interval)) = (&mut self.timer, self.interval) else {
            return;
        };
        let mut due = false;
        while timer.as_mut().poll(cx).is_ready() {
            due = true;
            let next = next_beat(timer.deadline(), interval, Instant::now());
            timer.as_mut().reset(next);
        }
        if due {
            out.extend_from_slice(&self.beat);
        }
    }
}

/// The first beat of the grid that is still to come: what a stall missed stays missed.
fn next_beat(last: Instant, interval: Duration, now: Instant) -> Instant {
    let late = now.saturating_duration_since(last).as_nanos() % interval.as_nanos();
    let late = Duration::from_nanos(u64::try_from(late).unwrap_or(u64::MAX));
    now + interval.saturating_sub(late)
}
