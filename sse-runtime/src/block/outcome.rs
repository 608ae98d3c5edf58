//! How a block ends: with `()` if it can't fail, and with `Result<(), E>` if it can.
//!
//! Types decide which of the two it is, wherever possible. A `?` has no type before that is decided, so
//! a block with a `?` of its own can fail, and for one with a `?` in a macro's arguments, which may or may
//! not become the block's own, the declared type of the stream decides.
//!
//! Expansions call the traits' methods themselves, not functions that have the traits as bounds. So the
//! compiler explains a mistake by the trait's own message, without further notes.

use crate::event::Event;

/// The last value of a block, or one that it returns, in a block whose output is `Output`. Not to
/// be implemented or called.
#[diagnostic::on_unimplemented(
    message = "an `EventStream!` block ends with `()` or `Result<(), E>`, not with `{Self}`",
    label = "this is `{Self}`",
    note = "events leave the block through `yield`; a `;` discards a value"
)]
pub trait BlockEnd<Output>: Sized {
    /// Returns the block's output. Calls `end` only if it returns a `Result`.
    fn end(end: impl FnOnce() -> Self) -> Output;
}

#[diagnostic::do_not_recommend]
impl BlockEnd<()> for () {
    #[inline]
    fn end(_: impl FnOnce()) {}
}

#[diagnostic::do_not_recommend]
impl<E> BlockEnd<Result<(), E>> for () {
    #[inline]
    fn end(_: impl FnOnce()) -> Result<(), E> {
        Ok(())
    }
}

#[diagnostic::do_not_recommend]
impl<E> BlockEnd<Self> for Result<(), E> {
    #[inline]
    fn end(end: impl FnOnce() -> Self) -> Self {
        end()
    }
}

/// The output of a block whose stream has these items. Not to be implemented or called.
pub trait Outcome<Item> {
    /// Returns the item that carries an event.
    fn event(event: Event) -> Item;

    /// Returns the last item, which the output becomes if it is an error.
    fn last(self) -> Option<Item>;
}

impl Outcome<Event> for () {
    fn event(event: Event) -> Event {
        event
    }

    fn last(self) -> Option<Event> {
        None
    }
}

impl<E> Outcome<Result<Event, E>> for Result<(), E> {
    fn event(event: Event) -> Result<Event, E> {
        Ok(event)
    }

    fn last(self) -> Option<Result<Event, E>> {
        self.err().map(Err)
    }
}

/// The error of a block that turns out to have no `?` of its own. It has no values.
#[derive(Debug)]
pub enum CannotFail {}

impl Outcome<Event> for Result<(), CannotFail> {
    fn event(event: Event) -> Event {
        event
    }

    fn last(self) -> Option<Event> {
        None
    }
}
