//! How a block ends.
//!
//! A block that can't fail gives `()`, one that can gives `Result<(), E>`. The types decide which
//! of the two a block is, as far as they can: a `?` can't be typed without knowing, so with one of
//! its own a block is known to fail, and with one in a macro's tokens, which may or may not become
//! the block's own, the declared type of the stream decides.
//!
//! The traits are called by their own names, not as bounds of functions, so that the compiler
//! explains a mistake in their words and without further notes.

use crate::event::Event;

/// The last value of a block, or one that it returns, in a block whose output is `Output`. Not to
/// be implemented or called.
#[diagnostic::on_unimplemented(
    message = "an `EventStream!` block ends with `()` or `Result<(), E>`, not with `{Self}`",
    label = "this is `{Self}`",
    note = "events leave the block through `yield`; a `;` discards a value"
)]
pub trait BlockEnd<Output>: Sized {
    /// Returns the output that this end means. It is called only if the end has a value to it.
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

/// A block's output, where its stream consists of such items. Not to be implemented or called.
pub trait Outcome<Item> {
    /// Returns the item that carries an event.
    fn event(event: Event) -> Item;

    /// Returns the item that the output itself becomes.
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

/// The error of a block that turns out to have no `?` of its own. There are no values of it.
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
