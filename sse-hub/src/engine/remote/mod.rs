//! What the engines share that wait for a disk or a network: a bounded queue, batches, a deadline and an outcome for each
//! event, and flushes.

mod backoff;
mod intake;
mod outcome;
mod period;
mod publisher;
mod queue;
mod running;
mod status;

pub(crate) use backoff::Backoff;
pub(super) use intake::Intake;
pub(super) use outcome::Outcome;
pub(super) use publisher::Publisher;
#[cfg(feature = "redis")]
pub(super) use queue::Batches;
#[cfg(feature = "file")]
pub(super) use queue::Outlet;
pub(super) use queue::{Order, Orders, set};
#[cfg(feature = "redis")]
pub(super) use running::Close;
pub(super) use running::Running;
pub(super) use status::Status;

/// What each engine does in its own way.
pub(super) trait Appender: Send {
    /// Gets ready to append, or returns `false` if that has to be tried again later.
    fn ready(&mut self) -> impl Future<Output = bool> + Send;

    /// Appends these events, in this order, and sets their outcomes, which until then are unknown. An outcome is told
    /// when its order is dropped, here or after that.
    fn append(&mut self, batch: &mut Orders) -> impl Future<Output = Next> + Send;

    /// Returns whether it can't append, and would find out that it can again only by publishing something.
    fn fails(&self) -> bool {
        false
    }

    /// Finds out whether it can append again.
    fn try_again(&mut self) -> impl Future<Output = ()> + Send {
        std::future::ready(())
    }
}

/// What to do after a batch.
pub(super) enum Next {
    GoOn,
    /// Wait before the next attempt.
    Wait,
    /// None of these was sent, and they can be sent again.
    Again,
}
