//! What a block ends with.
//!
//! An infallible block ends with `()`, a fallible one with `Result<(), E>`. Which of the
//! two a block is, its syntax tells, but for its last expression: that may be either. The
//! traits here leave this to the types, and let the declared type of the stream tell the
//! block's, as well as the other way round.

use crate::Event;

/// The output of a block's future, and so what its stream consists of.
#[diagnostic::on_unimplemented(
    message = "an `EventStream!` block ends with `()` or `Result<(), E>`, not with `{Self}`",
    label = "this is `{Self}`",
    note = "events leave the block through `yield`; a `;` discards a value"
)]
pub trait Outcome {
    /// `Event`, or `Result<Event, E>`.
    type Item: Item<Outcome = Self>;
    /// The item that carries an event.
    fn event(event: Event) -> Self::Item;
    /// The outcome of a block that simply stops.
    fn done() -> Self;
    /// The item that the outcome itself leaves behind.
    fn last(self) -> Option<Self::Item>;
}

impl Outcome for () {
    type Item = Event;

    fn event(event: Event) -> Event {
        event
    }

    fn done() {}

    fn last(self) -> Option<Event> {
        None
    }
}

impl<E> Outcome for Result<(), E> {
    type Item = Result<Event, E>;

    fn event(event: Event) -> Self::Item {
        Ok(event)
    }

    fn done() -> Self {
        Ok(())
    }

    fn last(self) -> Option<Self::Item> {
        self.err().map(Err)
    }
}

/// What a stream consists of, and so what its block ends with.
pub trait Item {
    /// `()`, or `Result<(), E>`.
    type Outcome: Outcome<Item = Self>;
}

impl Item for Event {
    type Outcome = ();
}

impl<E> Item for Result<Event, E> {
    type Outcome = Result<(), E>;
}

/// What the last expression of a block may be that fails with `E`.
#[diagnostic::on_unimplemented(
    message = "a fallible `EventStream!` block ends with `()` or `Result<(), {E}>`, not with `{Self}`",
    label = "this is `{Self}`",
    note = "events leave the block through `yield`; a `;` discards a value"
)]
pub trait FallibleEnd<E> {
    /// The outcome that this end means.
    fn outcome(self) -> Result<(), E>;
}

impl<E> FallibleEnd<E> for () {
    fn outcome(self) -> Result<(), E> {
        Ok(())
    }
}

impl<E> FallibleEnd<E> for Result<(), E> {
    fn outcome(self) -> Self {
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

impl<E> FallibleEnd<E> for Never {
    fn outcome(self) -> Result<(), E> {
        self
    }
}

/// Ends a block that has a `?` of its own with its last expression.
///
/// # Errors
///
/// If that is one.
pub fn end_fallible<T: FallibleEnd<E>, E>(end: T) -> Result<(), E> {
    end.outcome()
}

/// Ends a block that has a `?` of its own, but no last expression.
///
/// # Errors
///
/// Never.
pub fn succeeded<E>() -> Result<(), E> {
    Ok(())
}

/// What a bare `return` returns.
pub fn done<O: Outcome>() -> O {
    O::done()
}

/// Stands where no value is ever needed.
pub fn never<T>() -> T {
    unreachable!("the scope check of a `yield` never runs")
}
