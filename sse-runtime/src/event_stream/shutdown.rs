//! Graceful shutdown: a signal, then a while to say goodbye, then the end.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Sleep, sleep};

use crate::exclusive::Exclusive;

const DEFAULT_GRACE: Duration = Duration::from_secs(1);

type Signal = Exclusive<Pin<Box<dyn Future<Output = ()> + Send>>>;

pub(crate) struct Shutdown {
    pub(crate) grace: Duration,
    state: State,
}

enum State {
    /// Any of the signals starts the grace period.
    Waiting(Vec<Signal>),
    Grace(Pin<Box<Sleep>>),
    Over,
}

impl Default for Shutdown {
    fn default() -> Self {
        Self { grace: DEFAULT_GRACE, state: State::Waiting(Vec::new()) }
    }
}

impl Shutdown {
    pub(crate) fn add_signal(&mut self, signal: impl Future<Output = ()> + Send + 'static) {
        if let State::Waiting(signals) = &mut self.state {
            signals.push(Exclusive::new(Box::pin(signal)));
        }
    }

    /// Whether a signal has come.
    pub(crate) fn has_begun(&self) -> bool {
        !matches!(self.state, State::Waiting(_))
    }

    /// Returns whether the stream's time was over before the stream ended.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self.state, State::Over)
    }

    /// Whether the stream's time is over; else the task wakes when that changes.
    #[inline]
    pub(crate) fn poll_over(&mut self, cx: &mut Context<'_>) -> bool {
        let no_signal = matches!(&self.state, State::Waiting(signals) if signals.is_empty());
        !no_signal && self.poll_signals(cx)
    }

    fn poll_signals(&mut self, cx: &mut Context<'_>) -> bool {
        loop {
            match &mut self.state {
                State::Waiting(signals) => {
                    if !signals
                        .iter_mut()
                        .any(|signal| signal.get_mut().as_mut().poll(cx).is_ready())
                    {
                        return false;
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
            }
        }
    }
}
