//! The generator: an async block that yields events, polled as a stream.
//!
//! A `yield` puts its event into the thread's slot and suspends once; whoever polls
//! the block takes it out as soon as the poll returns. Nothing runs between the two.
//! So that an event never reaches another stream even if something did, a slot that is full
//! is emptied before another block is polled, and refuses a second event.
//! Under a body, events go straight into its batch instead: see [`sink`](super::sink).

use std::future::{Future, poll_fn};
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use pin_project_lite::pin_project;

use super::outcome::BlockOf;
use super::sink;
use crate::Event;

pin_project! {
    /// The stream of a block: lazy, fused, and gone from memory once it ended.
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

impl<B, I> Stream for Generator<B, I>
where
    B: Future<Output: BlockOf<I>>,
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

/// What `yield` expands to, behind the evaluation of its event: await it at once.
///
/// # Panics
///
/// If no block is being polled, or another event waits to be taken, which only a misuse of
/// this function brings about.
#[inline]
pub fn send(event: Event) -> Suspend {
    Suspend { suspends: sink::put(event) }
}

/// Pending once, so that the event is taken, unless that has been done.
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

/// What `for await` iterates over: every [`Stream`]. Not to be implemented or called.
#[diagnostic::on_unimplemented(
    message = "`for await` needs a stream, and `{Self}` is none",
    label = "not a stream",
    note = "a plain `for` runs over an iterator; `futures::stream::iter` makes a stream of one",
    note = "a future is awaited first: `for await item in future.await`"
)]
pub trait ForAwait<Kind>: Sized {
    /// The stream itself.
    type Stream: Stream;

    /// Takes the stream, by value.
    fn stream(stream: Self) -> Self::Stream;
}

/// The kind of all streams.
#[derive(Debug)]
pub struct AnyStream;

impl<S: Stream> ForAwait<AnyStream> for S {
    type Stream = S;

    fn stream(stream: Self) -> S {
        stream
    }
}

/// What nothing is. With two implementations to choose from, the compiler looks at their
/// bounds at once, and so finds a single mistake where it would find three.
pub trait Nothing: Stream {}

impl<S: Nothing> ForAwait<()> for S {
    type Stream = S;

    fn stream(stream: Self) -> S {
        stream
    }
}

/// The next item of a `for await`.
pub async fn next<S: Stream>(mut stream: Pin<&mut S>) -> Option<S::Item> {
    poll_fn(|cx| stream.as_mut().poll_next(cx)).await
}
