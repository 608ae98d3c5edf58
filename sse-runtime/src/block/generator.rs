//! The generator: an async block that yields events, polled as a stream.
//!
//! A `yield` puts its event into the thread's slot and suspends once. Whoever polls the block
//! takes the event out as soon as the poll returns, and nothing runs in between. Even if
//! something did, the event would never reach another stream: a full slot is emptied before
//! another block is polled, and refuses a second event.
//!
//! When a body polls the block, events go straight into its batch instead: see
//! [`sink`](super::sink).

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use pin_project_lite::pin_project;

use super::outcome::Outcome;
use super::sink;
use crate::event::Event;
use crate::event_stream::EventStream;

pin_project! {
    /// The stream of a block: lazy, fused, and dropped as soon as it has ended.
    pub struct Generator<B, I> {
        #[pin]
        block: Option<B>,
        item: PhantomData<fn() -> I>,
    }
}

impl<B, I> Generator<B, I> {
    pub(crate) fn new(block: B) -> Self {
        Self { block: Some(block), item: PhantomData }
    }
}

impl<B, I> fmt::Debug for Generator<B, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Generator").field("ended", &self.block.is_none()).finish_non_exhaustive()
    }
}

impl<B, I> Stream for Generator<B, I>
where
    B: Future<Output: Outcome<I>>,
{
    type Item = I;

    #[inline]
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<I>> {
        let mut this = self.project();
        let Some(block) = this.block.as_mut().as_pin_mut() else {
            return Poll::Ready(None);
        };
        let (poll, event) = sink::poll_block(|| block.poll(cx));
        match poll {
            Poll::Ready(outcome) => {
                this.block.set(None);
                Poll::Ready(outcome.last())
            }
            Poll::Pending => match event {
                Some(event) => Poll::Ready(Some(B::Output::event(event))),
                None => Poll::Pending,
            },
        }
    }
}

/// The output of a block's future: `()` for a stream of [`Event`], `Result<(), E>` for one of
/// `Result<Event, E>`. Not to be implemented or called.
#[diagnostic::on_unimplemented(
    message = "an `EventStream!` block ends with `()` or `Result<(), E>`, not with `{Self}`",
    label = "this is `{Self}`",
    note = "events leave the block through `yield`; a `;` discards a value"
)]
pub trait BlockOutput: Sized {
    /// The stream's items.
    type Item;

    /// Returns the stream of a block with this output.
    fn stream<B: Future<Output = Self>>(block: B) -> EventStream<Generator<B, Self::Item>> {
        EventStream::of_block(Generator::new(block))
    }
}

#[diagnostic::do_not_recommend]
impl BlockOutput for () {
    type Item = Event;
}

#[diagnostic::do_not_recommend]
impl<E> BlockOutput for Result<(), E> {
    type Item = Result<Event, E>;
}

/// Returns the stream of a block of which only the stream's declared type says whether it can fail. If it
/// can't, its error is [`CannotFail`](super::CannotFail).
pub fn either_stream<B, E, I>(block: B) -> EventStream<Generator<B, I>>
where
    B: Future<Output = Result<(), E>>,
{
    EventStream::of_block(Generator::new(block))
}

/// Sends an event that a `yield` has evaluated. The returned future has to be awaited at once.
///
/// # Panics
///
/// If no block is being polled, or another event waits to be taken. Only a misuse of this
/// function can cause that.
#[inline]
pub fn send(event: Event) -> Suspend {
    Suspend { suspends: sink::put(event) }
}

/// Is pending once, so that the event can be taken, unless it has been encoded already.
#[must_use]
#[derive(Debug)]
pub struct Suspend {
    suspends: bool,
}

impl Future for Suspend {
    type Output = ();

    #[inline]
    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if std::mem::take(&mut self.suspends) { Poll::Pending } else { Poll::Ready(()) }
    }
}
