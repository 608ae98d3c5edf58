//! Graceful shutdown: a signal, then a grace period, then the end.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use sync_wrapper::SyncWrapper;
use tokio::time::{Sleep, sleep};

use super::watcher::Watcher;

const DEFAULT_GRACE: Duration = Duration::from_secs(1);

type Signal = SyncWrapper<Pin<Box<dyn Future<Output = ()> + Send>>>;

pub(crate) struct Shutdown {
    pub(crate) grace: Duration,
    state: State,
    /// Set when a signal has come, for the stream from which these signals were taken.
    begun_flag: Option<Arc<AtomicBool>>,
}

enum State {
    /// Any of the signals starts the grace period.
    Waiting(Vec<Signal>),
    Grace(Pin<Box<Sleep>>),
    Over,
    /// The signals were taken out. The flag is set when one has come.
    HandedOver(Arc<AtomicBool>, Option<Watcher>),
}

impl Default for Shutdown {
    fn default() -> Self {
        Self { grace: DEFAULT_GRACE, state: State::Waiting(Vec::new()), begun_flag: None }
    }
}

impl Shutdown {
    pub(crate) fn add_signal(&mut self, signal: impl Future<Output = ()> + Send + 'static) {
        if let State::Waiting(signals) = &mut self.state {
            signals.push(SyncWrapper::new(Box::pin(signal)));
        }
    }

    /// Takes the signals out, if there are any, to be watched elsewhere.
    pub(super) fn take_signals(&mut self) -> Option<Self> {
        if !self.has_signal() {
            return None;
        }
        let has_begun = Arc::new(AtomicBool::new(false));
        let handed_over = State::HandedOver(has_begun.clone(), None);
        let state = std::mem::replace(&mut self.state, handed_over);
        Some(Self { grace: self.grace, state, begun_flag: Some(has_begun) })
    }

    /// Returns whether the grace period was over before the stream ended.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self.state, State::Over)
    }

    /// Sets the watcher of the signals that were taken out. It is started by the next poll.
    pub(super) fn set_watcher(&mut self, new: Watcher) {
        if let State::HandedOver(_, watcher) = &mut self.state {
            *watcher = Some(new);
        }
    }

    fn has_signal(&self) -> bool {
        !matches!(&self.state, State::Waiting(signals) if signals.is_empty())
    }

    /// Returns whether a signal has come.
    pub(crate) fn has_begun(&self) -> bool {
        match &self.state {
            State::Waiting(_) => false,
            State::Grace(_) | State::Over => true,
            State::HandedOver(has_begun, _) => has_begun.load(Ordering::Relaxed),
        }
    }

    /// Returns whether the grace period is over. Otherwise the task wakes when that changes.
    #[inline]
    pub(crate) fn poll_over(&mut self, cx: &mut Context<'_>) -> bool {
        self.has_signal() && self.poll_signals(cx)
    }

    fn poll_signals(&mut self, cx: &mut Context<'_>) -> bool {
        loop {
            match &mut self.state {
                State::Waiting(signals) => {
                    if !signals.iter_mut().any(|signal| has_come(signal, cx)) {
                        return false;
                    }
                    if let Some(has_begun) = &self.begun_flag {
                        has_begun.store(true, Ordering::Relaxed);
                    }
                    self.state = if self.grace.is_zero() {
                        State::Over
                    } else {
                        State::Grace(Box::pin(sleep(self.grace)))
                    };
                }
                State::Grace(timer) => match timer.as_mut().poll(cx) {
                    Poll::Ready(()) => self.state = State::Over,
                    Poll::Pending => return false,
                },
                State::Over => return true,
                State::HandedOver(_, watcher) => {
                    watcher.iter_mut().for_each(Watcher::start);
                    return false;
                }
            }
        }
    }
}

/// Returns whether the signal has come. One that panics counts as well: nothing else would end the stream.
fn has_come(signal: &mut Signal, cx: &mut Context<'_>) -> bool {
    let poll = || signal.get_mut().as_mut().poll(cx).is_ready();
    catch_unwind(AssertUnwindSafe(poll)).unwrap_or(true)
}
