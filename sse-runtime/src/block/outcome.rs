//! What a block ends with.
//!
//! An infallible block ends with `()`, a fallible one with `Result<(), E>`. Which of the
//! two a block is, its syntax tells, but for its last expression: that may be either. The
//! traits here leave this to the types. They are called by their own names, not as bounds
//! of functions, so that a mistake is explained in their words and without further notes.

use std::future::Future;

use futures_core::Stream;

use super::generator::Generator;
use crate::{Event, EventStream};

/// The output of a block's future, by what its stream consists of: `()` for [`Event`],
/// `Result<(), E>` for `Result<Event, E>`. Not to be implemented or called.
#[diagnostic::on_unimplemented(
    message = "an `EventStream!` block ends with `()` or `Result<(), E>`, not with `{Self}`",
    label = "this is `{Self}`",
    note = "events leave the block through `yield`; a `;` discards a value"
)]
pub trait BlockOf<Item>: Sized {
    /// The item that carries an event.
    fn event(event: Event) -> Item;

    /// The item that the outcome itself leaves behind.
    fn last(self) -> Option<Item>;

    /// The stream of such a block.
    type Stream<B: Future<Output = Self>>: Stream<Item = Item>;

    /// What `EventStream! { … }` expands to, around its async block.
    fn stream<B: Future<Output = Self>>(block: B) -> EventStream<Self::Stream<B>>;
}

#[diagnostic::do_not_recommend]
impl BlockOf<Event> for () {
    fn event(event: Event) -> Event {
        event
    }

    fn last(self) -> Option<Event> {
        None
    }

    type Stream<B: Future<Output = Self>> = Generator<B, Event>;

    fn stream<B: Future<Output = Self>>(block: B) -> EventStream<Self::Stream<B>> {
        EventStream::of_block(Generator::new(block))
    }
}

#[diagnostic::do_not_recommend]
impl<E> BlockOf<Result<Event, E>> for Result<(), E> {
    fn event(event: Event) -> Result<Event, E> {
        Ok(event)
    }

    fn last(self) -> Option<Result<Event, E>> {
        self.err().map(Err)
    }

    type Stream<B: Future<Output = Self>> = Generator<B, Result<Event, E>>;

    fn stream<B: Future<Output = Self>>(block: B) -> EventStream<Self::Stream<B>> {
        EventStream::of_block(Generator::new(block))
    }
}

/// What the last expression of a block may be that fails with `Error`. Not to be implemented
/// or called.
#[diagnostic::on_unimplemented(
    message = "an `EventStream!` block ends with `()` or `Result<(), E>`, not with `{Self}`",
    label = "this is `{Self}`",
    note = "events leave the block through `yield`; a `;` discards a value"
)]
pub trait FallibleEnd<Error> {
    /// The outcome that this end means.
    ///
    /// # Errors
    ///
    /// If the end is one.
    fn end(self) -> Result<(), Error>;
}

#[diagnostic::do_not_recommend]
impl<E> FallibleEnd<E> for () {
    fn end(self) -> Result<(), E> {
        Ok(())
    }
}

#[diagnostic::do_not_recommend]
impl<E> FallibleEnd<E> for Result<(), E> {
    fn end(self) -> Self {
        self
    }
}

/// The type `!`, which can't be written otherwise yet: that of `Err(error)?`.
type Never = <fn() -> ! as Returns>::Output;

/// A function, by its return type.
pub trait Returns {
    /// What the function returns.
    type Output;
}

impl<T> Returns for fn() -> T {
    type Output = T;
}

#[diagnostic::do_not_recommend]
impl<E> FallibleEnd<E> for Never {
    fn end(self) -> Result<(), E> {
        self
    }
}

#[diagnostic::do_not_recommend]
impl BlockOf<Event> for Never {
    fn event(event: Event) -> Event {
        event
    }

    fn last(self) -> Option<Event> {
        self
    }

    type Stream<B: Future<Output = Self>> = Generator<B, Event>;

    fn stream<B: Future<Output = Self>>(block: B) -> EventStream<Self::Stream<B>> {
        EventStream::of_block(Generator::new(block))
    }
}

/// A [`Stream`] of these items: what `EventStream![]` declares. Every such stream is one.
#[diagnostic::on_unimplemented(
    message = "`EventStream![]` declares a stream that can't fail: declare this one \
               `EventStream![Result<Event, E>]`",
    label = "but the stream can fail",
    note = "a `?`, a `return` with a value or a `Result` at the end of its block make it one that can",
    note = "`.on_error(…)` turns a failure into a last event, and gives a stream that can't"
)]
pub trait StreamOf<Item>: Stream<Item = Item> {}

#[diagnostic::do_not_recommend]
impl<S: Stream<Item = Item>, Item> StreamOf<Item> for S {}

/// What a bare `return` returns.
pub trait Done {
    /// The outcome of a block that simply stops.
    fn done() -> Self;
}

impl Done for () {
    fn done() {}
}

impl<E> Done for Result<(), E> {
    fn done() -> Self {
        Ok(())
    }
}

/// Stands where no value is ever needed.
pub fn never<T>() -> T {
    unreachable!("this stands in branches of a block that never run")
}

/// The item of a stream whose type was written wrong, which the error in place of the
/// parameter says.
pub type ItemUnless<const ERROR: bool> = Event;
