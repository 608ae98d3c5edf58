//! The generator: an async block that yields events, polled as a stream.
//!
//! A `yield` puts its event into the thread's slot and suspends once; whoever polls
//! the block takes it out as soon as the poll returns. Nothing runs between the two.
//! So that an event never reaches another stream even if something did, the slot is
//! emptied before each poll and after each, and a full slot refuses a second event.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;

use crate::outcome::{Item, Outcome};
use crate::{Event, EventStream};

thread_local! {
    static SLOT: Cell<Option<Event>> = const { Cell::new(None) };
}

pin_project! {
    /// The stream of a block: lazy, fused, and gone from memory once it ended.
    pub struct Generator<B, I> {
        #[pin]
        block: Option<B>,
        item: PhantomData<fn() -> I>,
    }
}

/// What `EventStream! { … }` expands to, around its async block.
pub fn stream<B, I>(block: B) -> EventStream<Generator<B, I>>
where
    B: Future<Output: Outcome<Item = I>>,
    I: Item<Outcome = B::Output>,
{
    EventStream::new(Generator { block: Some(block), item: PhantomData })
}

/// The same for a block that is known to end with `()`, if it ends: without this, a block
/// that never does would be of type `!`.
pub fn infallible<B: Future<Output = ()>>(block: B) -> EventStream<Generator<B, Event>> {
    stream(block)
}

impl<B, I> Stream for Generator<B, I>
where
    B: Future<Output = I::Outcome>,
    I: Item,
{
    type Item = I;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<I>> {
        let mut this = self.project();
        let Some(block) = this.block.as_mut().as_pin_mut() else {
            return Poll::Ready(None);
        };
        SLOT.take();
        let poll = block.poll(cx);
        let event = SLOT.take();
        match poll {
            Poll::Ready(outcome) => {
                this.block.set(None);
                Poll::Ready(outcome.last())
            }
            Poll::Pending => match event {
                Some(event) => Poll::Ready(Some(I::Outcome::event(event))),
                None => Poll::Pending,
            },
        }
    }
}

impl<B, I> FusedStream for Generator<B, I>
where
    Self: Stream,
{
    fn is_terminated(&self) -> bool {
        self.block.is_none()
    }
}

/// What `yield` expands to, behind the evaluation of its event: await it at once.
///
/// # Panics
///
/// If another event waits to be taken, which only a misuse of this function brings about.
pub fn send(event: Event) -> Suspend {
    let previous = SLOT.replace(Some(event));
    assert!(previous.is_none(), "an event was yielded outside of the block that is being polled");
    Suspend { suspended: false }
}

/// Pending once, so that the event is taken out of the slot.
#[must_use]
#[derive(Debug)]
pub struct Suspend {
    suspended: bool,
}

impl Future for Suspend {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if self.suspended {
            return Poll::Ready(());
        }
        self.suspended = true;
        Poll::Pending
    }
}

/// What `for await` iterates over: every stream.
#[diagnostic::on_unimplemented(
    message = "`for await` needs a stream, and `{Self}` is none",
    label = "not a stream",
    note = "a plain `for` iterates over an iterator; `futures::stream::iter` makes a stream of one"
)]
pub trait Awaited: Stream {}

impl<S: Stream> Awaited for S {}

/// Takes the stream of a `for await`, by value.
pub fn awaited<S: Awaited>(stream: S) -> S {
    stream
}

/// The next item of a `for await`.
pub async fn next<S: Stream>(mut stream: Pin<&mut S>) -> Option<S::Item> {
    poll_fn(|cx| stream.as_mut().poll_next(cx)).await
}
