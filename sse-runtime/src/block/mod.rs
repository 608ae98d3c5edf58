//! What an `EventStream!` block becomes, and what its parts must be.
//!
//! This module is public, though hidden, because the compiler names its traits when a block is
//! not what it must be. Not to be used otherwise: it may change in any release.

mod for_await;
mod generator;
mod outcome;
pub(crate) mod sink;
mod undecided;

pub use for_await::ForAwait;
pub use generator::{BlockOutput, Generator};
pub use outcome::{BlockEnd, CannotFail, Outcome};

/// What the macro's expansion is made of.
pub mod expansion {
    pub use super::for_await::next;
    pub use super::generator::{either_stream, send};
    pub use super::undecided::{Block, Fallback, TailValue, unreachable_value};

    /// The item of a stream whose type has a mistake, which an error says in place of the
    /// parameter.
    pub type MistakenItem<const ERROR: bool> = crate::event::Event;
}
